# What the hub of the tests in a browser has on top of local_config.py.
import asyncio

c = get_config()  # noqa: F821 - JupyterHub provides it

FORM = """
<label>Image <input name="image" class="form-control"></label>
<label>Container <input name="container_spec" class="form-control"></label>
<label>Memory to reserve <input name="resource_spec.mem_reservation" class="form-control"></label>
"""

HTML = '<img src=x onerror=hacked=1><script>hacked=1</script>'


def options_form(spawner):
    """Lets those choose who are called so; all others get what everybody gets."""
    return FORM if 'chooser' in spawner.user.name else ''


async def before_start(spawner):
    """Starts nothing before a page shows the progress, or a start may be faster than the browser is."""
    if 'misconfigured' in spawner.user.name:
        spawner.container_spec = {**spawner.container_spec, 'image': HTML}
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
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.pre_spawn_hook = before_start
