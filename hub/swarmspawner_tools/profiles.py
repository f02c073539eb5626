"""`python3 -m swarmspawner profiles`: writes the profiles of a configuration as JSON, for `swarmspawner explain`."""

import json
import logging
import sys
import warnings

import swarmspawner
from swarmspawner import SwarmSpawner, settings_findings, without, wrong_values

from .check import configured_groups, remark_of, run, without_own_directory
from .hub_settings import spawner_class_of
from .load import Load, Unreadable, as_hub, failure, load
from .places import Place
from .remark import PROBLEM, Remark
from .report import line_of
from .server import make_user

# Exit code if the profiles are not known: the configuration cannot be read, or something in it is wrong.
UNKNOWN = 2


class NotKnown(Exception):
    """The profiles cannot be told. `lines` say why."""

    def __init__(self, lines):
        super().__init__('; '.join(lines))
        self.lines = lines


def add_arguments(parser):
    parser.add_argument('config', nargs='?', default='jupyterhub_config.py', help='the configuration of the hub')
    parser.add_argument('--user', metavar='NAME', help='only those of this user; a function is asked for them')
    parser.add_argument('--group', metavar='NAME', action='append', default=[], help='a group of the user')
    parser.epilog = (
        'It writes the settings of the configuration as well, and runs no hooks. Then: swarmspawner explain --profiles '
        'FILE --profile SLUG --user NAME --group NAME. Exit codes: 0 written, 2 something is wrong, and stderr says it.'
    )


def main(args):
    """Prints the profiles, and returns the exit code."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter('ignore')
    without_own_directory()
    with as_hub(args.config):
        try:
            text = run(written(args, Load()))
        except NotKnown as error:
            print(*error.lines, sep='\n', file=sys.stderr)
            return UNKNOWN
    print(text)
    return 0


async def written(args, done):
    """Returns the text of the file. Raises NotKnown."""
    profiles_of = swarmspawner.profiles_module()
    if profiles_of is None:
        raise NotKnown([swarmspawner.NO_PROFILES])
    spawner = await spawner_of(args, done)
    if not spawner._has_profiles:
        raise NotKnown([f'{args.config}: c.SwarmSpawner.profile_list and allowed_images are not set'])
    if args.user is None and callable(spawner.allowed_images or spawner.profile_list):
        raise NotKnown([f'{args.config}: a function makes the profiles; give --user NAME, for whom it is asked'])
    try:
        profiles = await profiles_of.offered(spawner) if args.user is not None else profiles_of.read(spawner)[0]
    except profiles_of.Misconfigured as error:
        raise NotKnown(error.problems) from error
    except Exception as error:
        # Any exception: the function is the admin's own.
        raise NotKnown([failure(error, done.files)]) from error
    settings = swarmspawner.sent_settings(spawner)
    if args.user is None and '{' in (spawner.notebook_dir or ''):
        del settings['notebook_dir']
    try:
        shown = [as_json(one, profiles_of.sent) for one in profiles]
        return json.dumps({'config': settings, 'profiles': shown}, indent=2)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotKnown([f'{args.config}: a setting cannot be written as JSON: {error}']) from error


async def spawner_of(args, done):
    """Returns a spawner with the settings of the configuration. Raises NotKnown if any of them is wrong."""
    try:
        load(args.config, done)
    except Unreadable as error:
        raise NotKnown([line_of(Remark(PROBLEM, error.place, None, str(error)))]) from error
    except Exception as error:
        raise NotKnown([line_of(Remark(PROBLEM, Place(args.config), None, failure(error, [])))]) from error
    remarks = [one for one in done.remarks if one.level == PROBLEM]
    found_class, _ = spawner_class_of(done.config, done.unknown)
    kind = found_class if found_class and issubclass(found_class, SwarmSpawner) else SwarmSpawner
    try:
        # How the service is called does not matter here.
        wrong = [one for one in settings_findings(kind, done.config, found_class) if one.is_refused]
        remarks += [remark_of(one, done) for one in wrong if 'service_' not in one.setting]
        config = without(done.config, {one.setting for one in wrong_values(kind, done.config)})
        groups = sorted({*args.group, *configured_groups(done.config, args.user)})
        spawner = make_user(config, kind, args.user or 'user', groups).spawners['']
    except Exception as error:
        raise NotKnown([f'{args.config}: {failure(error, done.files)}']) from error
    if remarks:
        raise NotKnown([line_of(one) for one in remarks])
    return spawner


def as_json(profile, sent):
    """Returns what `swarmspawner explain` needs of a profile. `sent` leaves out what only the hub reads."""
    # An empty list of groups stays: it is open to nobody.
    named = {key: profile[key] for key in ('groups', 'users', 'quota', 'max_runtime')}
    return {
        'slug': profile['slug'],
        'display_name': profile['display_name'],
        'default': profile['default'],
        **{key: value for key, value in named.items() if value not in (None, {}, '')},
        'override': sent(profile['override']),
        'profile_options': {name: option_as_json(of, sent) for name, of in profile['profile_options'].items()},
    }


def option_as_json(option, sent):
    unlisted = option['unlisted_choice']
    choices = {
        slug: {'default': one['default'], 'override': sent(one['override'])} for slug, one in option['choices'].items()
    }
    typed = {'unlisted_choice': {'override': sent(unlisted['override'])}} if unlisted['enabled'] else {}
    return {'choices': choices, **typed}
