"""What JupyterHub itself says of its own settings, and which class its `spawner_class` is."""

import difflib
import logging

import jupyterhub
from jupyterhub.app import JupyterHub
from swarmspawner import Finding, SwarmSpawner, is_set, value_problem
from traitlets import TraitError
from traitlets.config import Config

from .load import failure

OURS = "c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'"
SPAWNER_CLASS = 'c.JupyterHub.spawner_class'
# The modules of other spawners. None of their servers is a service of ours.
OTHERS = 'dockerspawner', 'jhub', 'kubespawner', 'jupyterhub'


def quiet_hub(config):
    """Returns a hub of this configuration that is not started, and logs nothing. Raises TraitError."""
    log = logging.getLogger('swarmspawner.check')
    log.disabled = True
    return JupyterHub(config=config, log=log)


def spawner_class_of(config, unknown):
    """Returns the hub's spawner class, or None if it is not one that can start our servers, and a list of Findings."""
    value = config.get('JupyterHub', {}).get('spawner_class')
    if not is_set(value) or value is None:
        # A statement that failed may have set it.
        is_unknown = ('JupyterHub', 'spawner_class') in unknown
        return None, [] if is_unknown else [refused(f'is not set, so the hub has another spawner; write {OURS}')]
    name = value if isinstance(value, str) else getattr(value, '__name__', 'no class')
    if isinstance(value, str) and '.' in value and value.partition('.')[0] in OTHERS:
        return None, [refused(f'is {name}, another spawner; write {OURS}')]
    try:
        cls = quiet_hub(Config({'JupyterHub': {'spawner_class': value}})).spawner_class
    except TraitError as error:
        cause = error.__cause__ or error.__context__
        missing = getattr(cause, 'name', None)
        why = f': the module {missing} is missing' if missing and isinstance(cause, ImportError) else ''
        return None, [refused(f'is {name}, which cannot be imported as a spawner{why}; write {OURS}')]
    except Exception as error:
        return None, [refused(f'is {name}, which cannot be imported: {type(error).__name__}; write {OURS}')]
    return judged(cls)


def judged(cls):
    if issubclass(cls, SwarmSpawner):
        return cls, []
    for base in cls.__mro__:
        if base.__module__.partition('.')[0] in OTHERS and base.__name__ != 'Spawner' and not wraps(cls):
            of = '' if base is cls else f', a class of {base.__module__.partition(".")[0]}'
            return None, [refused(f'is {cls.__name__}{of}, another spawner; write {OURS}, or derive it from that')]
    said = f'is {cls.__name__}, another spawner. What is said here holds for servers that it starts by SwarmSpawner'
    return cls, [Finding(False, SPAWNER_CLASS, f'{SPAWNER_CLASS} {said}')]


def trait_problem(trait, value, error):
    """Returns what is wrong with the value of a setting of `c.JupyterHub`."""
    cause = error.__cause__
    if isinstance(cause, ImportError) and isinstance(value, str) and '.' not in value:
        # A short name, such as `generic-oauth`, is one that an installed package has registered.
        return 'cannot be used: no package that is installed has this name for it; install the one that does'
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        return f'cannot be used: {failure(cause, [])}'
    if isinstance(cause, ImportError):
        return 'cannot be used: its module has no class of this name; correct it'
    return value_problem(trait, value, str(error))


def wraps(cls):
    """Tells whether a class has a spawner of another class, as wrapspawner's do."""
    return any(hasattr(cls, name) for name in ('child_class', 'child_spawner'))


def refused(said):
    return Finding(True, SPAWNER_CLASS, f'{SPAWNER_CLASS} {said}')


def hub_findings(config):
    """Yields a Finding on each setting of `c.JupyterHub` that JupyterHub does not know or take."""
    settings = {name: value for name, value in config.get('JupyterHub', {}).items() if is_set(value)}
    traits = JupyterHub.class_traits(config=True)
    for name in settings:
        if name not in traits:
            [close] = difflib.get_close_matches(name, traits, 1, 0.7) or [None]
            meant = f' (is it c.JupyterHub.{close}?)' if close else ''
            label = f'c.JupyterHub.{name}'
            said = f'is not a setting of JupyterHub {jupyterhub.__version__}{meant}; correct its name or remove it'
            yield Finding(False, label, f'{label} {said}')
    known = {name: value for name, value in settings.items() if name in traits and name != 'spawner_class'}
    try:
        quiet_hub(Config({'JupyterHub': known}))
        return
    except Exception:
        pass  # One of them is wrong; the message may have its value.
    for name, value in known.items():
        label = f'c.JupyterHub.{name}'
        try:
            quiet_hub(Config({'JupyterHub': {name: value}}))
        except TraitError as error:
            yield Finding(True, label, f'{label} {trait_problem(traits[name], value, error)}')
        except Exception as error:
            yield Finding(True, label, f'{label} cannot be used: {type(error).__name__}')
