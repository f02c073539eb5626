# What the hub of the tests in a browser has on top of local_config.py.
import asyncio

c = get_config()  # noqa: F821 - JupyterHub provides it

FORM = """
<label>Image <input name="image" class="form-control"></label>
<label>Container <input name="container_spec" class="form-control"></label>
<label>Memory to reserve <input name="resource_spec.mem_reservation" class="form-control"></label>
"""

HTML = '<img src=x onerror=hacked=1><script>hacked=1</script>'


PROFILES = [
    {'display_name': 'Small', 'description': 'This is <b>text</b>.', 'override': {'mem_limit': '512M'}},
    {
        'display_name': 'Large',
        'override': {'mem_limit': '600M', 'env': {'SIZE': 'large'}},
        'profile_options': {
            'editor': {
                'display_name': 'Editor',
                'choices': {
                    'vim': {'display_name': 'vim', 'override': {'env': {'EDITOR': 'vim'}}},
                    'nano': {'display_name': 'nano', 'override': {'env': {'EDITOR': 'nano'}}},
                },
            },
        },
    },
    {'display_name': 'GPU', 'description': 'One card', 'override': {'generic_resources': {'gpu': 1}}},
    {'display_name': 'Physics', 'groups': ['physics'], 'users': ['profiled-ada']},
    {'display_name': 'Chemistry', 'groups': ['chemistry']},
]


def profile_list(spawner):
    """Profiles for those who are called so; all others get what everybody gets."""
    return PROFILES if 'profiled' in spawner.user.name else [{'display_name': 'Any'}]


def auth_state_hook(spawner, auth_state):
    if 'profiled' in spawner.user.name:
        spawner.options_form = ''


def options_form(spawner):
    """Lets those choose who are called so; all others get what everybody gets."""
    return FORM if 'chooser' in spawner.user.name else ''


# What a server writes before it ends: HTML, and on both streams.
ENDING = "echo '<img src=x onerror=hacked=1>The disk is full' >&2; sleep 0.1; echo Ending; exit 3"
came = set()


def make_it_fail(spawner):
    """Breaks the settings of users who are called so, at their first start or at each."""
    name = spawner.user.name
    is_first = name not in came
    came.add(name)
    if 'misconfigured' in name:
        spawner.container_spec = {**spawner.container_spec, 'image': HTML}
    if 'exits-once' in name and is_first:
        spawner.container_spec = {**spawner.container_spec, 'command': ['sh', '-c', ENDING], 'args': []}
    if 'crowded' in name:
        spawner.resource_spec = {'mem_reservation': 200 * 2**20}
        spawner.start_timeout = 20 if is_first else spawner.start_timeout


async def before_start(spawner):
    """Starts nothing before a page shows the progress, or a start may be faster than the browser is."""
    make_it_fail(spawner)
    if 'hasty' in spawner.user.name:
        return
    watched = asyncio.Event()
    progress = spawner.progress

    async def watched_progress():
        watched.set()
        async for event in progress():
            yield event

    spawner.progress = watched_progress
    await watched.wait()


c.SwarmSpawner.options_form = options_form
c.SwarmSpawner.profile_list = profile_list
c.SwarmSpawner.auth_state_hook = auth_state_hook
c.SwarmSpawner.environment = {'SIZE': 'of the hub', 'STAYS': 'yes'}
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.pre_spawn_hook = before_start
