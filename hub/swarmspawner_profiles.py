"""Profiles of swarmspawner.SwarmSpawner: what its admin offers, what a user may take of it, and the form to choose.

The hub loads it only if c.SwarmSpawner.profile_list or c.SwarmSpawner.allowed_images is set. It picks a profile and its
choices, and checks that the user may have them. The service lays their settings over those of the hub.
"""

import asyncio
import copy
import inspect
import re
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import jinja2
from tornado import web

# What a user reads of a text that they sent: enough to recognize it.
SHOWN_MAX_CHARS = 200
# Profiles, options and choices in one list: more than anybody reads. The service takes no more options.
ITEMS_MAX = 200
OPTIONS_MAX = 50
# Characters that a user may type in place of a choice: the longest name of an image. The service takes no more.
TYPED_MAX_CHARS = 255
# What a user may type if there is no validation_regex: names of images, with tag and digest. In a path, `..` would lead
# out of its directory.
TYPED_DEFAULT = r'(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/:@-]*'
# Seconds of CPU for one comparison with a validation_regex, which takes microseconds unless the regex backtracks
# without end. Seconds by the clock, for a machine that is so busy that the process does not run.
MATCH_CPU_SECONDS = 1
MATCH_SECONDS = 30
# Comparisons of one user at once. More count as no, so that nobody's comparisons keep others waiting for long.
MATCHES_OF_USER = 4
# Seconds that a form waits for what the service says of the nodes.
FITS_SECONDS = 0.5
# The service answers for at most 50 profiles at once.
FITS_MAX = 50

# Seconds for a function of the admin, which may ask a database or an LDAP server.
FUNCTION_SECONDS = 30
# Seconds in which a function that is not async may stop the whole hub, before the log says so.
BLOCKING_SECONDS = 0.5
# Characters of a list of what there is to choose, in a refusal.
LISTED_MAX_CHARS = 1000

SLUG = '[A-Za-z0-9][A-Za-z0-9_.-]{0,62}'
# In place of a choice: the user has typed something. The names are kubespawner's.
UNLISTED = 'unlisted-choice'
# Stands for what the user has typed, in the texts of an override.
VALUE = '{value}'
# The one profile that stands for allowed_images.
SHORT = 'allowed-images'

# Settings that a profile may have: those that the service lays over the hub's, and JupyterHub's own, which are set on
# the spawner for one start.
SENT = frozenset(
    'cmd container_spec cpu_guarantee cpu_limit endpoint env environment generic_resources healthcheck image init '
    'labels log_driver mem_guarantee mem_limit mounts networks placement pull_policy resource_spec restart_policy '
    'service_image stop_grace_period'.split()
)
OWN = frozenset('args debug default_url disable_user_config http_timeout notebook_dir start_timeout'.split())
# Of the settings that are sent, those that JupyterHub also tells the server, as MEM_LIMIT and CPU_LIMIT.
LIMITS = frozenset('cpu_guarantee cpu_limit mem_guarantee mem_limit'.split())

PROFILE_KEYS = (
    'display_name', 'description', 'slug', 'default', 'override', 'profile_options', 'groups', 'users', 'quota',
    'max_runtime',
)
OPTION_KEYS = 'display_name', 'choices', 'unlisted_choice'
CHOICE_KEYS = 'display_name', 'default', 'override'
UNLISTED_KEYS = (
    'enabled', 'display_name', 'display_name_in_choices', 'validation_regex', 'validation_message', 'override'
)


# What servers may have together: counts, CPUs, and bytes or a text such as 64G.
QUOTA_KEYS = 'servers', 'cpus', 'memory', 'generic'
SIZE = r'(\d+(\.\d+)?|\.\d+) *([kmgt]i?)?b?'


class Misconfigured(Exception):
    """The profiles cannot be used until an admin changes them. `problems` are sentences."""

    def __init__(self, problems):
        super().__init__('; '.join(problems))
        self.problems = problems


class NotAllowed(Exception):
    """What a user asks for is not among what this user has."""


# --- reading what the admin has written

def read(spawner, value=None):
    """Returns the profiles of the settings, in their full form, and the problems of the settings, which are sentences.

    `value` is what a function has returned. Without it, a setting that is a function has no profiles yet.
    """
    setting = 'allowed_images' if spawner.allowed_images else 'profile_list'
    value = getattr(spawner, setting) if value is None else value
    problems = []
    if spawner.allowed_images and spawner.profile_list:
        problems.append('c.SwarmSpawner.allowed_images and profile_list are both set; keep one of them')
    if callable(value):
        return [], problems
    label = f'c.SwarmSpawner.{setting}'
    if setting == 'allowed_images':
        value = profile_of_images(value, label, problems)
    profiles = [
        read_profile(given, f'{label}[{index}]', problems)
        for index, given in enumerate(listed(value, label, problems))
        if is_dict(given, f'{label}[{index}]', problems)
    ]
    slugs = [profile['slug'] for profile in profiles]
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        problems.append(f'{label}: {slugs.count(slug)} profiles have the slug {slug}; give each its own `slug`')
    refuse_defaults(profiles, label, problems)
    return profiles, problems


def profile_of_images(value, label, problems):
    """Returns the profiles that stand for allowed_images: one, whose only option is the image."""
    if isinstance(value, (list, tuple)):
        value = {image: image for image in value if isinstance(image, str)} if all_texts(value) else None
    if not isinstance(value, dict) or not value or not all_texts([*value, *value.values()]):
        problems.append(f'{label} must be a list of images, or a dict of names and images, with at least one image')
        return []
    choices = {name: {'display_name': name, 'override': {'image': image}} for name, image in value.items()}
    image = {'display_name': 'Image', 'choices': choices}
    return [{'display_name': 'Image', 'slug': SHORT, 'profile_options': {'image': image}}]


def read_profile(given, label, problems):
    refuse_keys(given, PROFILE_KEYS, label, problems)
    name = text(given, 'display_name', label, problems, is_needed=True)
    slug = text(given, 'slug', label, problems) or slug_of(name)
    if not re.fullmatch(SLUG, slug) and name:
        problems.append(f'{label}: set `slug`, 1 to 63 letters a-z, digits and _.-, such as "gpu"')
    options = given_dict(given, 'profile_options')
    if not isinstance(options, dict) or len(options) > OPTIONS_MAX:
        problems.append(f'{label}: `profile_options` must be a dict of at most {OPTIONS_MAX} options')
        options = {}
    return {
        'slug': slug,
        'display_name': name,
        'description': text(given, 'description', label, problems),
        'default': flag(given, 'default', label, problems),
        'override': override(given, label, problems),
        'groups': names(given, 'groups', label, problems),
        'users': names(given, 'users', label, problems),
        'max_runtime': max_runtime(given, label, problems),
        'quota': quota(given.get('quota') or {}, f'{label}.quota', problems),
        'profile_options': {
            option: read_option(option, value, f'{label}.profile_options[{option!r}]', problems)
            for option, value in options.items()
            if is_dict(value, f'{label}.profile_options[{option!r}]', problems)
        },
    }


def read_option(name, given, label, problems):
    refuse_keys(given, OPTION_KEYS, label, problems)
    if not isinstance(name, str) or not re.fullmatch(SLUG, name) or name in ('profile', UNLISTED) or '--' in name:
        problems.append(f'{label}: the name of an option must be letters a-z, digits and _.-, without "--"')
    choices = given_dict(given, 'choices')
    if not isinstance(choices, dict) or len(choices) > ITEMS_MAX:
        problems.append(f'{label}: `choices` must be a dict of at most {ITEMS_MAX} choices')
        choices = {}
    unlisted = read_unlisted(given_dict(given, 'unlisted_choice'), f'{label}.unlisted_choice', problems)
    if not choices and not unlisted['enabled']:
        problems.append(f'{label}: it has no `choices`, and no `unlisted_choice` that is enabled')
    read_choices = {
        slug: read_choice(slug, value, f'{label}.choices[{slug!r}]', problems)
        for slug, value in choices.items()
        if is_dict(value, f'{label}.choices[{slug!r}]', problems)
    }
    refuse_defaults(list(read_choices.values()), f'{label}.choices', problems)
    return {
        'display_name': text(given, 'display_name', label, problems) or str(name),
        'choices': read_choices,
        'unlisted_choice': unlisted,
    }


def read_choice(slug, given, label, problems):
    refuse_keys(given, CHOICE_KEYS, label, problems)
    is_name = isinstance(slug, str) and 0 < len(slug.strip()) == len(slug) <= TYPED_MAX_CHARS and slug.isprintable()
    if not is_name or slug == UNLISTED:
        problems.append(f'{label}: the name of a choice must be a text of 1 to {TYPED_MAX_CHARS} printable characters')
    return {
        'display_name': text(given, 'display_name', label, problems) or str(slug),
        'default': flag(given, 'default', label, problems),
        'override': override(given, label, problems),
    }


def read_unlisted(given, label, problems):
    if not is_dict(given, label, problems):
        given = {}
    refuse_keys(given, UNLISTED_KEYS, label, problems)
    regex = text(given, 'validation_regex', label, problems)
    try:
        re.compile(regex, flags_of(regex))
    except (re.error, ValueError, RecursionError, OverflowError) as error:
        problems.append(f'{label}: `validation_regex` is not a regular expression: {error}')
    is_enabled = flag(given, 'enabled', label, problems)
    settings = override(given, label, problems)
    texts = list(texts_in(settings))
    if is_enabled and not any(VALUE in one for one in texts):
        problems.append(f'{label}: nothing in `override` has {VALUE}, so what users type would change nothing')
    if any(re.search('{{value|value}}', one) for one in texts):
        problems.append(f'{label}.override: write {VALUE} with one brace on each side')
    name = text(given, 'display_name', label, problems) or 'Other'
    return {
        'enabled': is_enabled,
        'display_name': name,
        'display_name_in_choices': text(given, 'display_name_in_choices', label, problems) or f'{name}…',
        'validation_regex': regex or TYPED_DEFAULT,
        'validation_message': text(given, 'validation_message', label, problems),
        'override': settings,
    }


def given_dict(given, key):
    """Returns the value of a key, which should be a dict. Without a value: an empty one."""
    value = given.get(key)
    return {} if value is None else value


def texts_in(settings):
    """Yields the texts in settings, but not the names of keys."""
    waiting, seen = [settings], set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            waiting += value.values() if isinstance(value, dict) else value


def refuse_keys(given, keys, label, problems):
    if 'kubespawner_override' in given:
        problems.append(
            f'{label}: kubespawner_override is for pods; write `override`, a dict of settings of c.SwarmSpawner such '
            "as {'image': 'quay.io/jupyter/base-notebook', 'mem_limit': '4G'}"
        )
    unknown = [str(key) for key in given if key not in keys and key != 'kubespawner_override']
    if unknown:
        problems.append(f'{label}: unknown keys: {", ".join(unknown)}; the keys are {", ".join(keys)}')


def refuse_defaults(items, label, problems):
    if sum(item['default'] for item in items) > 1:
        problems.append(f'{label}: more than one has `default`; keep one of them')


def override(given, label, problems):
    value = given_dict(given, 'override')
    if not is_dict(value, f'{label}.override', problems):
        return {}
    unknown = [str(name) for name in value if name not in SENT | OWN]
    if unknown:
        all_names = ', '.join(sorted(SENT | OWN))
        problems.append(f'{label}.override: {", ".join(unknown)} cannot be set by a profile; what can: {all_names}')
    for name in ('env', 'environment'):
        if not isinstance(value.get(name) or {}, dict):
            problems.append(f"{label}.override: `{name}` must be a dict, such as {{'LANG': 'C.UTF-8'}}")
            return {}
    return value


def text(given, key, label, problems, is_needed=False):
    value = given.get(key)
    if (isinstance(value, str) and value) or (value in (None, '') and not is_needed):
        return value or ''
    problems.append(f'{label}: `{key}` must be a text' if value else f'{label}: `{key}` is missing')
    return ''


def flag(given, key, label, problems):
    value = given.get(key)
    if value is not None and not isinstance(value, bool):
        problems.append(f'{label}: `{key}` must be True or False')
    return value is True


def names(given, key, label, problems):
    value = given.get(key)
    if value is None or (isinstance(value, (list, tuple, set, frozenset)) and all_texts(value)):
        return None if value is None else list(value)
    problems.append(f"{label}: `{key}` must be a list of names, such as ['physics']")
    return []


def max_runtime(given, label, problems):
    value = text(given, 'max_runtime', label, problems)
    if value and not re.fullmatch(r'([0-9]+(\.[0-9]+)?(s|m|h))+', value):
        problems.append(f'{label}: `max_runtime` must be a duration such as "8h" or "1h30m"')
    return value


def time_of(profile):
    """Returns a sentence about the time that a server of a profile has, or an empty text."""
    units = {'h': 'h', 'm': 'min', 's': 's'}
    parts = re.findall(r'([0-9.]+)([hms])', profile['max_runtime'] or '')
    time = ' '.join(f'{number} {units[unit]}' for number, unit in parts)
    return time and f'Your server ends after {time} at the latest.'


def quota(given, label, problems):
    """Returns what the servers of a profile may have together, of each user, and of groups."""
    if not is_dict(given, label, problems):
        return {}
    own = {key: value for key, value in given.items() if key not in ('user', 'groups')}
    refuse_amounts(own, label, problems, ('user', 'groups'))
    if 'user' in given and is_dict(given['user'], f'{label}.user', problems):
        refuse_amounts(given['user'], f'{label}.user', problems)
    if 'groups' in given and is_dict(given['groups'], f'{label}.groups', problems):
        for name, of_group in given['groups'].items():
            if is_dict(of_group, f'{label}.groups[{name!r}]', problems):
                refuse_amounts(of_group, f'{label}.groups[{name!r}]', problems)
    return given


def refuse_amounts(given, label, problems, more_keys=()):
    refuse_keys(given, (*QUOTA_KEYS, *more_keys), label, problems)
    generic = given.get('generic', {})
    is_generic = isinstance(generic, dict) and all_texts(generic) and all(map(is_count, generic.values()))
    cpus, memory = given.get('cpus', 0), given.get('memory', 0)
    is_size = isinstance(memory, str) and re.fullmatch(SIZE, memory, re.IGNORECASE)
    for key, is_right, expected in (
        ('servers', is_count(given.get('servers', 0)), 'a whole number'),
        ('cpus', is_number(cpus) and cpus >= 0, 'a number'),
        ('memory', is_count(memory) or is_size, 'bytes, or a text such as "64G"'),
        ('generic', is_generic, "a dict such as {'gpu': 8}"),
    ):
        if not is_right:
            problems.append(f'{label}: `{key}` must be {expected}')


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def all_texts(values):
    return all(isinstance(value, str) and value for value in values)


def is_dict(value, label, problems):
    if not isinstance(value, dict):
        problems.append(f'{label} must be a dict')
    return isinstance(value, dict)


def listed(value, label, problems):
    if isinstance(value, (list, tuple)) and len(value) <= ITEMS_MAX:
        return value
    problems.append(f'{label} must be a list of at most {ITEMS_MAX} profiles')
    return []


def to_pull(profiles, images_and_nodes, has_own):
    """Returns what the service needs to pull the images of profiles ahead: each profile, and each of its choices alone.

    `images_and_nodes` picks those settings, and `has_own` says whether the hub has an image for profiles without one.
    Two choices that only together name an image or its nodes are not tried. What users type is not known.
    """
    pulled = []
    for profile in profiles:
        settings = images_and_nodes(profile['override'])
        has_image = has_own or names_image(settings)
        options = [
            (option, {slug: images_and_nodes(choice['override']) for slug, choice in read_option['choices'].items()})
            for option, read_option in profile['profile_options'].items()
        ]
        own = {'slug': profile['slug'], 'override': settings}
        # Where every choice of an option has its own image, nobody gets that of the profile.
        is_replaced = any(choices and all(map(names_image, choices.values())) for _, choices in options)
        if has_image and not is_replaced:
            pulled.append(own)
        for option, choices in options:
            for slug, chosen in choices.items():
                if chosen and (has_image or names_image(chosen)):
                    choice = {'option': option, 'choice': slug, 'override': chosen}
                    pulled.append({**own, 'choices': [choice]})
    return pulled


def names_image(settings):
    return any(name != 'placement' for name in settings)


def slug_of(display_name):
    """Returns the slug of a profile that has none, as kubespawner makes it: "GPU (1 card)" is gpu-1-card."""
    plain = unicodedata.normalize('NFKD', display_name).encode('ascii', 'ignore').decode().lower()
    return re.sub('[^a-z0-9]+', '-', plain).strip('-')[:63].rstrip('-')


# --- what a user may take

async def offered(spawner):
    """Returns the profiles that a user may take. Raises Misconfigured if any profile is wrong, also another user's."""
    value = spawner.allowed_images or spawner.profile_list
    if callable(value):
        value = await returned(spawner, value) or []
    profiles, problems = read(spawner, value)
    if problems:
        raise Misconfigured(problems)
    groups = {group.name for group in spawner.user.groups}
    return [profile for profile in profiles if is_open_to(profile, spawner.user.name, groups)]


async def returned(spawner, function):
    """Returns what a function of the admin returns. Raises Misconfigured if it fails or does not end."""
    label = f'c.SwarmSpawner.{"allowed_images" if spawner.allowed_images else "profile_list"}'
    try:
        begun = time.monotonic()
        value = function(spawner)
        blocked = time.monotonic() - begun
        if blocked > BLOCKING_SECONDS:
            spawner.log.warning('%s has stopped the whole hub for %.1f seconds; make it async', label, blocked)
        if not inspect.isawaitable(value):
            return value
        asked = asyncio.ensure_future(value)
        try:
            if (await asyncio.wait([asked], timeout=FUNCTION_SECONDS))[0]:
                return asked.result()
        finally:
            asked.cancel()
    except web.HTTPError:
        # How an admin says no, in words of their own.
        raise
    except Exception as error:
        spawner.log.error('%s has failed', label, exc_info=True)
        raise Misconfigured([f'{label}: {type(error).__name__}: {shown(str(error))}']) from error
    raise Misconfigured([f'{label}: has not answered within {FUNCTION_SECONDS} seconds'])


def is_open_to(profile, user, groups):
    users, of = profile['users'], profile['groups']
    return (users is None and of is None) or user in (users or ()) or bool(groups.intersection(of or ()))


def default_of(items):
    """Returns the item that has `default`, else the first one."""
    return next((item for item in items if item['default']), items[0] if items else None)


async def choose(spawner, options, gone=None):
    """Returns the Choice that a user's options mean. Raises NotAllowed for what this user does not have.

    With `gone`, a list, the options are those of an earlier start: what is not there any more is left out, and the list
    gets a sentence.
    """
    return await choice_among(await offered(spawner), options, spawner._uses_options, gone, spawner.user.name)


async def apply(spawner, choice):
    """Sets what JupyterHub itself reads of a choice on the spawner. Raises Misconfigured."""
    choice.apply(spawner)


async def choice_among(profiles, options, takes_others, gone=None, user=None):
    def refuse(sentence):
        if gone is None:
            raise NotAllowed(sentence)
        gone.append(sentence)

    if not profiles:
        raise NotAllowed('No profile is open to you. Please tell your administrator.')
    others = dict(options)
    profile = default_of(profiles)
    if profile['slug'] != SHORT:
        slug = others.pop('profile', None)
        found = next((one for one in profiles if one['slug'] == slug), None)
        if slug is not None and not found:
            slugs = listing(one['slug'] for one in profiles)
            refuse(f'There is no profile {shown(slug)} for you. Your profiles: {slugs}')
        profile = found or profile
    picks = []
    for name, option in profile['profile_options'].items():
        chosen, typed = others.pop(name, None), others.pop(f'{name}--{UNLISTED}', None)
        picks.append(await pick(name, option, (chosen, typed), refuse, user))
    if others and not takes_others:
        known = listing([*([] if profile['slug'] == SHORT else ['profile']), *profile['profile_options']])
        wrong = shown(', '.join(sorted(map(str, others))))
        refuse(f'You cannot set {wrong}. What you can choose: {known}')
        others = {}
    return Choice(profile, [one for one in picks if one], others)


async def pick(name, option, sent, refuse, user):
    """Returns what a user picked of an option, as the service takes it. `sent`: a choice, and a text beside it."""
    chosen, typed = sent
    choices, unlisted = option['choices'], option['unlisted_choice']
    if typed is not None and chosen not in (None, UNLISTED):
        refuse(f'{name}: send a choice or a text, and not both')
        typed = None
    if typed is not None:
        problem = await typed_problem(unlisted, typed, user)
        if problem is None:
            return {'option': name, 'value': typed.strip(), 'override': unlisted['override']}
        refuse(f'{name}: {problem}')
        chosen = None
    if chosen == UNLISTED and unlisted['enabled']:
        refuse(nothing_typed(name, unlisted))
        chosen = None
    if chosen is not None and not (isinstance(chosen, str) and chosen in choices):
        refuse(f'{name}: there is no {shown(chosen)}. Your choices: {listing(choices)}')
        chosen = None
    slug = chosen or next((slug for slug, choice in choices.items() if choice['default']), next(iter(choices), None))
    if slug is None:
        refuse(nothing_typed(name, unlisted))
        return None
    return {'option': name, 'choice': slug, 'override': choices[slug]['override']}


def nothing_typed(name, unlisted):
    return f'{name}: type a value. {unlisted["validation_message"]}'.strip()


async def typed_problem(unlisted, typed, user):
    """Returns why a user may not type this in place of a choice, or None."""
    if not unlisted['enabled']:
        return f'there is no {shown(typed)}; choose from the list'
    if not isinstance(typed, str) or len(typed) > TYPED_MAX_CHARS:
        return f'type at most {TYPED_MAX_CHARS} characters'
    # Braces would be placeholders, or templates of the Engine.
    is_text = typed.strip() and typed.strip().isprintable() and not re.search('[{}]', typed)
    if is_text and await matches(unlisted['validation_regex'], typed.strip(), user):
        return None
    return unlisted['validation_message'] or f'{shown(typed)} is not allowed here'


def shown(value):
    """Returns what somebody sent, cut, as one line."""
    line = value[:SHOWN_MAX_CHARS] if isinstance(value, str) else f'of type {type(value).__name__}'
    return ''.join(char if char.isprintable() else '\ufffd' for char in line)


def listing(names):
    """Returns names as a list in a sentence, cut where nobody reads on."""
    line = ', '.join(names)
    return line if len(line) <= LISTED_MAX_CHARS else f'{line[:LISTED_MAX_CHARS].rpartition(", ")[0]}, …'


class Choice:
    """What a user has chosen: a profile, choices of its options, and other options for the service to judge."""

    def __init__(self, profile, picks, others):
        self.profile, self.picks, self.others = profile, picks, others

    @property
    def overrides(self):
        """The settings of the profile, then those of each choice. The last one wins."""
        return [self.profile['override'], *map(filled, self.picks)]

    @property
    def is_typed(self):
        return any('value' in one for one in self.picks)

    @property
    def options(self):
        """The options that mean this choice, for the hub to remember."""
        slug = {} if self.profile['slug'] == SHORT else {'profile': self.profile['slug']}
        picks = {
            one['option'] if 'choice' in one else f'{one["option"]}--{UNLISTED}': one.get('choice', one.get('value'))
            for one in self.picks
        }
        return {**self.others, **picks, **slug}

    @property
    def request(self):
        """The profile as the service takes it."""
        return {
            'slug': self.profile['slug'],
            'override': sent(self.profile['override']),
            'choices': [{**one, 'override': sent(one['override'])} for one in self.picks],
            **{key: self.profile[key] for key in ('quota', 'max_runtime') if self.profile[key]},
        }

    def apply(self, spawner):
        """Sets what JupyterHub itself reads on the spawner. Raises Misconfigured."""
        for settings in self.overrides:
            for name in (OWN | LIMITS).intersection(settings):
                value = settings[name]
                try:
                    # A copy: what a class of the admin adds to a list must not reach the next user.
                    setattr(spawner, name, spawner.trait_defaults(name) if value is None else copy.deepcopy(value))
                except Exception as error:
                    # Any exception: an admin's own class may have traits that check more.
                    raise Misconfigured([f'profile {self.profile["slug"]}: {name}: {error}']) from error
            if settings.get('cmd', '') is None:
                spawner.cmd = spawner.trait_defaults('cmd')
            env = [settings[name] for name in ('env', 'environment') if name in settings]
            # The hub's own variables win over all settings, so those of the hub's configuration make room here.
            if None in env:
                spawner.environment = {}
            set_here = {name for variables in env if variables for name in variables}
            spawner.environment = {name: v for name, v in spawner.environment.items() if name not in set_here}
            spawner.env_keep = [name for name in spawner.env_keep if name not in set_here]


def filled(pick):
    """Returns the settings of a choice. JupyterHub's own have what the user typed; the service fills in the rest."""
    value = pick.get('value')
    return {
        name: setting if value is None or name not in OWN | LIMITS else with_value(setting, value)
        for name, setting in pick['override'].items()
    }


def with_value(setting, value):
    if isinstance(setting, (list, tuple)):
        return [with_value(item, value) for item in setting]
    return setting.replace(VALUE, value) if isinstance(setting, str) else setting


def sent(settings):
    return {name: value for name, value in settings.items() if name not in OWN}


# --- text that users type, and regular expressions of admins

# The regex of an admin may backtrack without end, which nothing within Python's process can stop: `re` holds its lock.
# So the comparison has a process of its own, to which the kernel gives a second.
_MATCH = f'''
import re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({MATCH_CPU_SECONDS}, {MATCH_CPU_SECONDS}))
flags, regex, text = sys.stdin.buffer.read().decode().split("\\0")
sys.exit(0 if re.fullmatch(regex, text, int(flags)) else 1)
'''
# Two at a time: a user may send many, and each may take its second.
_matchers = ThreadPoolExecutor(2, thread_name_prefix='swarmspawner-regex')
# How many comparisons wait or run, by user.
_comparing = Counter()


def flags_of(regex):
    """Returns the flags of a regex: digits and letters are those of ASCII, unless it asks for all with `(?u)`."""
    try:
        re.compile(regex, re.ASCII)
    except ValueError:
        return 0
    except (re.error, RecursionError, OverflowError):
        pass  # Whatever its flags are.
    return re.ASCII


async def matches(regex, value, user):
    """Tells whether a regex matches all of a text. A comparison that takes too long counts as no."""
    if _comparing[user] >= MATCHES_OF_USER:
        return False
    _comparing[user] += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_matchers, _matches, regex, value)
    finally:
        _comparing[user] -= 1
        if not _comparing[user]:
            del _comparing[user]


def _matches(regex, value):
    command = [sys.executable, '-I', '-S', '-c', _MATCH]
    try:
        given = f'{int(flags_of(regex))}\0{regex}\0{value}'.encode()
        return subprocess.run(command, input=given, capture_output=True, timeout=MATCH_SECONDS).returncode == 0
    except (subprocess.TimeoutExpired, UnicodeEncodeError, OSError):
        # OSError: the machine has no room for another process.
        return False


# --- the form

async def read_fields(spawner, fields, read_others):
    """Returns the options that the fields of a form or of a query mean. `read_others` reads those of no profile."""
    profiles = await offered(spawner)
    is_short = bool(profiles) and profiles[0]['slug'] == SHORT
    options = {}
    if not is_short and text_field(fields, 'profile'):
        options['profile'] = text_field(fields, 'profile')
    slug = options.get('profile')
    chosen = next((one for one in profiles if one['slug'] == slug), default_of(profiles))
    own = [*chosen['profile_options']] if chosen else []
    prefix = f'profile-option-{chosen["slug"]}--' if chosen else None
    for name in own:
        value, typed = (
            text_field(fields, f'{prefix}{field}') or text_field(fields, field)
            for field in (name, f'{name}--{UNLISTED}')
        )
        if value:
            options[name] = value
        # Without scripts, the text stays in the form beside another choice.
        if typed and value in ('', UNLISTED):
            options[f'{name}--{UNLISTED}'] = typed
    others = {
        name: values
        for name, values in fields.items()
        if name not in options and name != 'profile' and not name.startswith('profile-option-')
    }
    known = {key for option in own for key in (option, f'{option}--{UNLISTED}')}
    return {**read_others({name: values for name, values in others.items() if name not in known}), **options}


def text_field(fields, name):
    """Returns the text of a field. Raises NotAllowed if it is a file, or is sent twice."""
    values = [value for value in fields.get(name, []) if value != '']
    if len(values) > 1 or not all(isinstance(value, str) for value in values):
        raise NotAllowed(f'The field {shown(name)} must be one text')
    return values[0].strip() if values else ''


async def form(spawner, fits_of):
    """Returns the form, or an empty text if there is nothing to choose. `fits_of` asks what the nodes have room for."""
    profiles = await offered(spawner)
    if len(profiles) == 1 and not profiles[0]['profile_options']:
        return ''
    # An older class may have let the hub remember any JSON.
    options = spawner.user_options if isinstance(spawner.user_options, dict) else {}
    last = await choice_among(profiles, options, True, [], spawner.user.name) if profiles else None
    told = await told_of(profiles, last, fits_of)
    can_wait = [profile['slug'] for profile in profiles if told.get(profile['slug'], {}).get('fits') != 'never']
    checked = last.profile['slug'] if last else None
    if can_wait and checked not in can_wait:
        checked = can_wait[0]
    shown_profiles = [
        {
            **profile,
            'is_checked': profile['slug'] == checked,
            'is_disabled': bool(can_wait) and profile['slug'] not in can_wait,
            'told': told.get(profile['slug'], {}).get('text', ''),
            'time': time_of(profile),
            'picks': {one['option']: one for one in (last.picks if profile is last.profile else [])},
        }
        for profile in profiles
    ]
    template = spawner.profile_form_template or FORM
    try:
        page = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
        return page.render(profile_list=shown_profiles, is_short=checked == SHORT, max_chars=TYPED_MAX_CHARS)
    except Exception as error:
        # Any exception: a template may do whatever it likes.
        raise Misconfigured([f'c.SwarmSpawner.profile_form_template: {type(error).__name__}: {error}']) from error


async def told_of(profiles, last, fits_of):
    """Returns by slug what the service says of room for each profile. Without an answer in time, it says nothing."""
    asked = [
        last if profile is last.profile else await choice_among([profile], {}, True, [])
        for profile in profiles[:FITS_MAX]
    ]
    try:
        answers = await asyncio.wait_for(fits_of([one.request for one in asked]), FITS_SECONDS)
        return {one.profile['slug']: told(answer) for one, answer in zip(asked, answers)}
    except Exception:
        # Any exception: a form has to come, whatever the service answers.
        return {}


def told(answer):
    """Returns what an explanation says of room: whether a server fits, and a sentence for the user."""
    fits, room, problem = answer.get('fits'), answer.get('room') or {}, answer.get('problem') or {}
    said = problem.get('user_message') or room.get('user_message')
    if not said and answer.get('would_start') is False:
        # Something that only an admin can make is missing, such as a network.
        said = 'Servers of this kind cannot be started at the moment. Please tell your administrator.'
    counts = '; '.join(resource['text'] for resource in room.get('resources') or [])
    return {'fits': fits, 'text': shown(' '.join(part for part in (counts and f'{counts}.', said) if part))}


# Each id in the form begins with its kind, so that no two slugs make the same one.
#
# The form of a hub without a template of its own. Bootstrap 3 (hubs up to 4) and 5 have these classes; nothing here has
# a colour of its own, so it is light or dark as the hub's page is. The style folds away the options of profiles that
# are not chosen; a browser that does not know :has() shows them all.
FORM = '''
<style>
  .swarmspawner-profiles fieldset { min-width: 0; margin: 0 0 1em; padding: 0; border: 0; }
  .swarmspawner-profiles legend { float: none; font-size: 1.25em; border: 0; }
  .swarmspawner-profile { margin-bottom: .75em; padding: .75em 1em; border: 1px solid rgba(128, 128, 128, .5); }
  .swarmspawner-profile:focus-within { outline: 2px solid; outline-offset: 2px; }
  .swarmspawner-profile p { margin: .25em 0 0 1.75em; overflow-wrap: anywhere; }
  .swarmspawner-profile > div > label { font-weight: bold; margin: 0 0 0 .5em; }
  .swarmspawner-options { margin: .5em 0 0 1.75em; }
  .swarmspawner-options label { display: block; margin-top: .5em; }
  .swarmspawner-options select, .swarmspawner-options input { width: 100%; max-width: 40em; }
  .swarmspawner-profile:not(:has(> div > input:checked)) > .is-folded { display: none; }
  .swarmspawner-option:not(:has(option[value="unlisted-choice"]:checked)) > .is-typed { display: none; }
</style>
{%- macro options(profile, is_folded) %}
  {% set at = "profile-option-" ~ profile.slug ~ "--" %}
  <div class="swarmspawner-options{{ " is-folded" if is_folded }}"
    {%- if is_folded %} role="group" aria-label="Options of {{ profile.display_name }}"{% endif %}>
  {% for name, option in profile.profile_options.items() %}
    {% set of = profile.slug ~ "--" ~ name %}
    {% set id = "swarmspawner-option-" ~ of %}
    {% set pick = profile.picks.get(name, {}) %}
    <div class="swarmspawner-option">
    {% if option.choices %}
      <label for="{{ id }}">{{ option.display_name }}</label>
      <select class="form-control form-select" id="{{ id }}" name="{{ name if is_short else at ~ name }}">
      {% for slug, choice in option.choices.items() %}
        <option value="{{ slug }}"
          {%- if pick.choice == slug or (not pick and choice.default) %} selected{% endif %}>
          {{- choice.display_name }}</option>
      {% endfor %}
      {% if option.unlisted_choice.enabled %}
        <option value="unlisted-choice"{% if pick.value %} selected{% endif %}>
          {{- option.unlisted_choice.display_name_in_choices }}</option>
      {% endif %}
      </select>
    {% endif %}
    {% if option.unlisted_choice.enabled %}
      <div class="{{ "is-typed" if option.choices }}">
        <label for="swarmspawner-typed-{{ of }}">{{ option.unlisted_choice.display_name }}</label>
        <input class="form-control" type="text" id="swarmspawner-typed-{{ of }}" name="{{ at ~ name }}--unlisted-choice"
          maxlength="{{ max_chars }}" value="{{ pick.value or "" }}" autocomplete="off" spellcheck="false"
          {%- if option.unlisted_choice.validation_message %} aria-describedby="swarmspawner-hint-{{ of }}"{% endif %}>
        {% if option.unlisted_choice.validation_message %}
        <small id="swarmspawner-hint-{{ of }}">{{ option.unlisted_choice.validation_message }}</small>
        {% endif %}
      </div>
    {% endif %}
    </div>
  {% endfor %}
  </div>
{%- endmacro %}
<div class="swarmspawner-profiles">
{% if not profile_list %}
  <p role="alert">No profile is open to you. Please tell your administrator.</p>
{% elif profile_list | length == 1 %}
  {% set profile = profile_list[0] %}
  {% if not is_short %}
  <input type="hidden" name="profile" value="{{ profile.slug }}">
  <h2>{{ profile.display_name }}</h2>
  {% endif %}
  {% if profile.description %}<p>{{ profile.description }}</p>{% endif %}
  {% if profile.time %}<p>{{ profile.time }}</p>{% endif %}
  {{ options(profile, false) }}
  {% if profile.told %}<p>{{ profile.told }}</p>{% endif %}
{% else %}
  <fieldset>
    <legend>Choose a profile</legend>
    {% for profile in profile_list %}
    {% set id = "swarmspawner-profile-" ~ profile.slug %}
    {% set of = "of-profile-" ~ profile.slug %}
    <div class="swarmspawner-profile">
      <div>
        <input type="radio" name="profile" id="{{ id }}" value="{{ profile.slug }}"
          {%- if profile.is_checked %} checked{% endif %}{% if profile.is_disabled %} disabled{% endif %}
          {%- if profile.description or profile.time or profile.told %} aria-describedby="
            {{- "swarmspawner-description-" ~ of if profile.description }}
            {{- " swarmspawner-time-" ~ of if profile.time }}
            {{- " swarmspawner-told-" ~ of if profile.told }}"{% endif %}>
        <label for="{{ id }}">{{ profile.display_name }}</label>
      </div>
      {% if profile.description %}<p id="swarmspawner-description-{{ of }}">{{ profile.description }}</p>{% endif %}
      {% if profile.time %}<p id="swarmspawner-time-{{ of }}">{{ profile.time }}</p>{% endif %}
      {% if profile.told %}<p id="swarmspawner-told-{{ of }}"><small>{{ profile.told }}</small></p>{% endif %}
      {% if profile.profile_options %}{{ options(profile, true) }}{% endif %}
    </div>
    {% endfor %}
  </fieldset>
{% endif %}
</div>
'''
