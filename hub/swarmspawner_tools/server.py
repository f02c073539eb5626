"""Makes a spawner as a hub does, runs the hooks, and asks the service what it would start. It starts nothing."""

import contextlib
import importlib
from typing import NamedTuple, Optional

import swarmspawner
from jupyterhub import orm, roles
from jupyterhub.objects import Hub
from jupyterhub.user import User
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from swarmspawner import (
    DROPPED_OPTIONS,
    Attempt,
    Finding,
    Refused,
    SpawnFailed,
    Unreachable,
    dropped_options,
    findings,
    unsendable,
)
from traitlets import TraitError
from traitlets.config import Config

from .hub_settings import quiet_hub
from .refusal import refusal

# Seconds for the answer to /explain. The service asks the Engine several times, and each call may take seconds.
EXPLAIN_TIMEOUT = 30


class Asked(NamedTuple):
    """What is known of one server."""

    findings: list
    service_name: Optional[str] = None
    # Why the service was not asked, or did not answer.
    unasked: Optional[str] = None


class Ready(BaseException):
    """Ends a start whose hooks have run. JupyterHub cleans up after an Exception, and there is nothing to clean up."""


class Question(Attempt):
    """A start that ends before anything is sent."""

    async def run(self):
        raise Ready(self)


class CheckedUser(User):
    """A user whose server is not stopped after a hook has failed: a server of this name may run."""

    async def stop(self, server_name=''):
        pass

    async def _wait_up(self, spawner):
        """Returns at once, for a class whose start is not ours."""


@contextlib.contextmanager
def question_asked():
    """Puts a Question in the place of each start."""
    swarmspawner.Attempt = Question
    try:
        yield
    finally:
        swarmspawner.Attempt = Attempt


def make_user(config, spawner_class, name, groups):
    """Returns a user of a hub with a database in memory."""
    engine = create_engine('sqlite://')
    orm.Base.metadata.create_all(engine)
    db = sessionmaker(bind=engine, expire_on_commit=False)()
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    # Hubs from 4 on take the scopes of a server's token from this client.
    db.add(orm.OAuthClient(identifier='jupyterhub'))
    row = orm.User(name=name)
    db.add(row)
    row.groups = [orm.Group(name=group) for group in groups]
    db.commit()
    roles.assign_default_roles(db, entity=row)
    return CheckedUser(row, settings_of(config, spawner_class))


def settings_of(config, spawner_class):
    """Returns what a hub tells its users of itself."""
    settings = {'config': config, 'spawner_class': spawner_class, 'allow_named_servers': True, 'internal_ssl': False}
    try:
        app = quiet_hub(config)
        app.init_hub()
        return {**settings, 'hub': app.hub, 'base_url': app.base_url, 'statsd': app.statsd}
    except Exception:
        # What is wrong with the hub's own settings is said elsewhere. The answer does not depend on its address.
        return {**settings, 'hub': Hub(ip='0.0.0.0', port=8081, base_url='/hub/'), 'base_url': '/'}


def authenticator_of(config):
    """Returns the authenticator if the admin's own code in it runs at each start, else None: it may need a lot."""
    settings = config.get('JupyterHub', {})
    named = {name: settings[name] for name in ['authenticator_class'] if name in settings}
    try:
        cls = quiet_hub(Config({'JupyterHub': named})).authenticator_class
    except TraitError:
        return None  # A finding says so already.
    # A function of a configuration has no module.
    is_of_hub = (cls.pre_spawn_start.__module__ or '').startswith('jupyterhub.')
    return None if is_of_hub else cls(config=config)


async def ask_without_hooks(config, groups, is_callable):
    """Returns what the service says of the settings as they stand, with each profile, for no user in particular."""
    spawner = make_user(config, swarmspawner.SwarmSpawner, 'user', groups).spawners['']
    asks = asker(spawner)
    profiles = asks.written_profiles(spawner, groups) if asks else []
    found = await asks.ask_profiles(spawner, profiles, is_callable) if profiles else []
    if profiles:
        # No start is without a profile.
        spawner._choice = await asks.default_choice(profiles[0][0])
    return await explain(Attempt(spawner), found, is_callable)


def asker(spawner):
    """Returns the module that asks about profiles, or None if there are none, or no file that knows them."""
    is_there = spawner._has_profiles and swarmspawner.profiles_module()
    return importlib.import_module('.ask_profiles', __package__) if is_there else None


async def ask(config, spawner_class, name, server_name, groups, options, is_callable):
    """Returns what the service says of a user's server, after the hooks have run. Raises what a hook raises."""
    user = make_user(config, spawner_class, name, groups)
    user.settings['authenticator'] = authenticator_of(config)
    with question_asked():
        try:
            await user.spawn(server_name, options=options)
        except Ready as ready:
            attempt = ready.args[0]
        else:
            raise RuntimeError(f'{spawner_class.__name__}.start has not called the start of SwarmSpawner')
    found = list(findings(attempt.spawner))
    try:
        await attempt.spawner._take_choice()
    except SpawnFailed as error:
        # The message of wrong profiles is for users. settings_findings has what is wrong with them.
        label = 'c.SwarmSpawner.profile_list'
        return Asked([*found, Finding(True, label, f'{name}: {error}')], unasked='the choice of a profile is refused')
    asks = asker(attempt.spawner)
    profiles = await asks.user_profiles(attempt.spawner) if asks else []
    for one in await asks.ask_profiles(attempt.spawner, others(profiles, attempt), is_callable) if asks else []:
        # A profile that the user may take instead is not in the way of this start.
        found.append(one._replace(is_refused=False, sentence=f'{one.sentence} ({name} may take it)'))
    names = dropped_options(attempt.spawner)
    if names:
        found.append(Finding(False, 'c.SwarmSpawner.use_user_options', f'{name}: {DROPPED_OPTIONS % names}'))
    asked = await explain(attempt, found, is_callable)
    if not asks:
        return asked
    placed = [asks.placed_in(profiles, attempt.spawner._choice, one) for one in asked.findings]
    return asked._replace(findings=placed)


def others(profiles, attempt):
    """Returns the profiles that are not the one of a start."""
    return [pair for pair in profiles if pair[0]['slug'] != attempt.spawner._choice.profile['slug']]


async def explain(attempt, found, is_callable):
    """Asks the service about a start. `is_callable`: whether service_url and the secret can be used at all."""
    request = attempt.request()
    wrong = list(unsendable(request))
    found = [*found, *wrong]
    if wrong or not is_callable:
        return Asked(found, unasked='the settings above keep the hub from asking it')
    service = swarmspawner.Service(*attempt.spawner._service_key)
    try:
        answer = await service.call('explain', request, EXPLAIN_TIMEOUT)
    except Unreachable as error:
        return Asked(found, unasked=str(error))
    except Refused as error:
        too_old = swarmspawner.too_old_for(error)
        if too_old:
            return Asked([*found, Finding(True, 'c.SwarmSpawner.service_url', f'{service.url}: {too_old}')])
        pairs = error.issues or [(None, swarmspawner.advised(error.detail, error.advice))]
        return Asked([*found, *(refusal(*pair) for pair in pairs)])
    return Asked([*found, *said_in(answer)], swarmspawner.text_of(answer, 'service_name'))


def said_in(answer):
    """Yields a Finding on each value that the policy refuses, each obstacle, a lack of room, and each warning."""
    verdicts = answer.get('policy')
    verdicts = [one for one in verdicts if isinstance(one, dict)] if isinstance(verdicts, list) else []
    refused = {'policy': [one for one in verdicts if one.get('verdict') == 'refused']}
    for path, rule in swarmspawner.readable_issues(refused, 'policy', 'from', 'rule'):
        yield refusal(path, rule)
    obstacles = swarmspawner.readable_issues(answer, 'obstacles', 'from', 'reason')
    for path, reason in obstacles:
        yield refusal(path, reason)
    room = answer.get('room')
    why = swarmspawner.text_of(room, 'reason') if isinstance(room, dict) else None
    # Obstacles say already why no node can run it.
    if why and answer.get('fits') in ('later', 'never') and not obstacles:
        yield Finding(answer['fits'] == 'never', '', f'The nodes have no room for the server: {why}')
    warnings = answer.get('warnings')
    for warning in warnings if isinstance(warnings, list) else []:
        if isinstance(warning, str):
            yield Finding(False, '', swarmspawner.printable(warning))
