"""`python3 -m swarmspawner check`: says what is wrong with a configuration, without starting anything."""

import asyncio
import json
import logging
import os
import sys
import threading
import warnings
from typing import NamedTuple

from swarmspawner import (
    SwarmSpawner,
    changes_settings,
    printable,
    service_findings,
    settings_findings,
    unread_settings,
    without,
    wrong_values,
)
from traitlets.config import Config

from .hub_settings import hub_findings, spawner_class_of
from .left_servers import left_servers
from .load import Load, Unreadable, as_hub, failure, load, lost_name, place_of
from .places import Place, attributes_traced
from .remark import PROBLEM, UNCHECKED, WARNING, Remark
from .report import Report, print_json, print_text
from .server import Asked, ask, ask_without_hooks
from .source import place_in_value


def add_arguments(parser):
    parser.add_argument('config', nargs='?', default='jupyterhub_config.py', help='the configuration of the hub')
    parser.add_argument('--user', metavar='NAME', help='run the hooks for this user, and ask about the server')
    parser.add_argument('--server', metavar='NAME', default='', help='a named server of the user')
    parser.add_argument('--group', metavar='NAME', action='append', default=[], help='a group of the user')
    parser.add_argument('--options', metavar='JSON', type=options_of, help="the user's options, a JSON object")
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.epilog = (
        'Exit codes: 0 nothing is in the way (there may be warnings), 1 something is, 2 the configuration could not be '
        'read, or the service could not be asked about the user.'
    )


def options_of(text):
    options = json.loads(text)
    if not isinstance(options, dict):
        raise ValueError
    return options


options_of.__name__ = 'JSON object'


def main(args):
    """Checks a configuration, prints the report, and returns the exit code."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter('ignore')
    without_own_directory()
    done = Load()
    with as_hub(args.config):
        try:
            report = run(check(args, done))
        except KeyboardInterrupt:
            report = Report(args.user, [Remark(UNCHECKED, done.at, None, 'was interrupted here')], is_read=False)
    sys.stdout.reconfigure(errors='backslashreplace')
    try:
        (print_json if args.json else print_text)(report)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone, as `head` does. At its end, Python would complain of it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        # The configuration has started a thread, which would keep this process.
        os._exit(report.exit_code)
    return report.exit_code


def run(checking):
    """Runs a coroutine. asyncio.run would ignore the first Ctrl-C while a configuration runs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(checking)


def without_own_directory():
    """Takes the current directory from Python's path, because a hub does not look there for modules."""
    here = os.getcwd()
    is_added = sys.path and sys.path[0] in ('', here) and here not in os.environ.get('PYTHONPATH', '').split(os.pathsep)
    if is_added and os.path.dirname(os.path.dirname(os.path.abspath(__file__))) != here:
        del sys.path[0]


async def check(args, done):
    """Returns the Report. It is a coroutine, because a configuration may need the event loop, which a hub has."""
    try:
        load(args.config, done)
    except Unreadable as error:
        return Report(args.user, [*done.remarks, Remark(PROBLEM, error.place, None, str(error))], is_read=False)
    except Exception as error:
        return Report(args.user, [Remark(PROBLEM, Place(args.config), None, failure(error, []))], is_read=False)
    remarks = list(done.remarks)
    spawner_class, found = spawner_class_of(done.config, done.unknown)
    found += hub_findings(done.config)
    is_ours = spawner_class is not None and issubclass(spawner_class, SwarmSpawner)
    kind = spawner_class if is_ours else SwarmSpawner
    found += names_only(done)
    try:
        found += settings_findings(kind, done.config, spawner_class)
        wrong = {one.setting for one in wrong_values(kind, done.config)}
    except Exception as error:
        wrong = {one.setting for one in wrong_values(SwarmSpawner, done.config)}
        remarks.append(trouble(UNCHECKED, error, done, f'{kind.__name__} cannot be made without a user'))
    remarks += [remark_of(one, done) for one in found]
    remarks += await left_servers(done.config)
    checked = Checked(done, without(done.config, wrong), kind, remarks)
    if spawner_class not in (None, kind):
        name = spawner_class.__name__
        said = f"what {name} itself does: it is not run, because another spawner's start may start something"
        remarks.append(Remark(UNCHECKED, None, None, said))
    asked = await (without_user if args.user is None else with_user)(checked, args)
    return Report(args.user, remarks, service_name=asked.service_name, unasked=asked.unasked)


class Checked(NamedTuple):
    """What is known before the service is asked. `config` has no wrong values, and `remarks` grows."""

    done: Load
    config: Config
    spawner_class: type
    remarks: list


def names_only(done):
    """Yields the findings on settings whose values are unknown, because their statements failed."""
    traits = SwarmSpawner.class_traits(config=True)
    sections = {}
    for section, name in done.unknown:
        if name not in done.config.get(section, {}) and not (name in traits and section in ('SwarmSpawner', 'Spawner')):
            sections.setdefault(section, {})[name] = None
            done.places.setdefault(f'c.{section}.{name}', done.unknown[section, name])
    yield from unread_settings(SwarmSpawner(config=Config(sections)))


async def without_user(checked, args):
    """Asks the service about the settings as they stand. What it refuses may yet be changed by a hook or a user."""
    if any(section in ('Spawner', 'SwarmSpawner') for section, _ in checked.done.unknown):
        return Asked([], unasked='it is not asked, because some settings could not be read')
    spawner = SwarmSpawner(config=checked.config)
    try:
        asked = await ask_without_hooks(checked.config, args.group, not list(service_findings(spawner)))
    except Exception as error:
        # Values of the environment may be functions of the admin's own.
        checked.remarks.append(trouble(UNCHECKED, error, checked.done, 'a function in the settings needs a user'))
        asked = Asked([], unasked='it is not asked; --user NAME asks it about a user')
    is_function = callable(spawner.allowed_images or spawner.profile_list)
    if is_function:
        message = 'profiles that a function returns: --user NAME asks it'
        checked.remarks.append(Remark(UNCHECKED, None, None, message))
    is_own = checked.spawner_class is not SwarmSpawner
    if is_own or changes_settings(spawner):
        message = 'hooks, and classes derived from SwarmSpawner: --user NAME runs them'
        checked.remarks.append(Remark(UNCHECKED, None, None, message))
    for one in asked.findings:
        if one.is_refused and (is_own or changes_settings(spawner) or spawner._uses_options or is_function):
            said = f'{one.sentence} (so far; hooks and options may change it, and --user NAME runs them)'
            one = one._replace(is_refused=False, sentence=said)
        tell(checked, one)
    return asked


async def with_user(checked, args):
    """Runs the hooks for a user, and asks the service."""
    is_callable = not list(service_findings(SwarmSpawner(config=checked.config)))
    groups = {*args.group, *configured_groups(checked.config, args.user)}
    server = args.user, args.server, sorted(groups), args.options
    try:
        with attributes_traced(checked.done.places):
            asked = await ask(checked.config, checked.spawner_class, *server, is_callable)
    except Exception as error:
        checked.remarks.append(trouble(PROBLEM, error, checked.done, 'the start of the server fails'))
        return Asked([], unasked='the start fails before it is asked')
    for one in asked.findings:
        tell(checked, one)
    return asked


def configured_groups(config, name):
    """Yields the groups in which the configuration itself puts a user."""
    groups = config.get('JupyterHub', {}).get('load_groups')
    for group, members in groups.items() if isinstance(groups, dict) else ():
        # Hubs from 4 on also take a dict.
        members = members.get('users', ()) if isinstance(members, dict) else members
        if isinstance(members, (list, set, tuple)) and name in members:
            yield group


def tell(checked, found):
    """Adds the Remark on a Finding of a start, unless it is known already."""
    remark = remark_of(found, checked.done, is_after_hooks=True)
    if remark.message not in {known.message for known in checked.remarks}:
        checked.remarks.append(remark)


def trouble(level, error, done, said):
    """Returns the Remark on an exception of the admin's own code."""
    root = lost_name(error, done.lost)
    why = f'it needs {root}, which {done.lost[root]} did not define' if root else failure(error, done.files)
    return Remark(level, place_of(error, done.files), None, f'{said}: {why}')


def remark_of(found, done, is_after_hooks=False):
    level = PROBLEM if found.is_refused else WARNING
    place = place_of_setting(found.setting, done.places, is_after_hooks)
    if place is None and found.setting.startswith('c.'):
        place = Place(done.files[0])
    return Remark(level, place, found.setting or None, printable(found.sentence))


def place_of_setting(setting, places, is_after_hooks):
    """Returns the line that set a setting, or None. After hooks, that of the hook comes first."""
    _, *path = setting.split('.')
    names = [setting]
    if len(path) == 1 and setting.startswith('c.'):
        # A section whose name is wrong.
        names += [name for name in places if name.startswith(f'{setting}.')][:1]
    elif len(path) > 1:
        of_hook = [f'spawner.{path[1]}'] if is_after_hooks else []
        outer = '.'.join(setting.split('.')[:3])
        names = [*of_hook, setting, outer, f'c.SwarmSpawner.{path[1]}', f'c.Spawner.{path[1]}']
    found = next((places[name] for name in names if name in places), None)
    return place_in_value(found, path[2:]) if found and found.line and len(path) > 2 else found
