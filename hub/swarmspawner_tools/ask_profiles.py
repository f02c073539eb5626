"""Asks the service of each profile, and of each of its choices, whether a server would start with it."""

from typing import NamedTuple

import swarmspawner
import swarmspawner_profiles as profiles_of
from swarmspawner import Finding, Refused, Unreachable

from .refusal import refusal

# Seconds for one answer, which the service makes from one look at the nodes.
TIMEOUT = 30
# The service explains at most 50 starts in one call.
AT_ONCE = 50
# Starts that are asked about. Each is a moment of the service's time.
ASKED_MAX = 500


class Part(NamedTuple):
    """One start to ask about: a profile with its default choices, or with another choice of one option."""

    choice: object
    # What the service calls the part, and the setting that has it.
    label: str
    setting: str


def is_function(spawner):
    """Tells whether only a start knows the profiles."""
    return callable(spawner.allowed_images or spawner.profile_list)


def written_profiles(spawner, groups=()):
    """Returns the profiles of a configuration, with their settings; with groups: those that their members have."""
    if not spawner._has_profiles or is_function(spawner) or swarmspawner.profiles_module() is None:
        return []
    profiles, problems = profiles_of.read(spawner)
    pairs = settings_of(spawner, [] if problems else profiles)
    return [pair for pair in pairs if not groups or profiles_of.is_open_to(pair[0], None, {*groups})]


async def user_profiles(spawner):
    """Returns the profiles that a user has, with their settings. Raises Misconfigured."""
    offered = await profiles_of.offered(spawner)
    if is_function(spawner):
        return [(profile, label_of(spawner)) for profile in offered]
    slugs = [profile['slug'] for profile in offered]
    return [pair for pair in settings_of(spawner, profiles_of.read(spawner)[0]) if pair[0]['slug'] in slugs]


def label_of(spawner):
    return f'c.SwarmSpawner.{"allowed_images" if spawner.allowed_images else "profile_list"}'


def settings_of(spawner, profiles):
    is_short = bool(spawner.allowed_images)
    return [
        (profile, label_of(spawner) if is_short else f'{label_of(spawner)}.{index}')
        for index, profile in enumerate(profiles)
    ]


async def default_choice(profile):
    return await profiles_of.choice_among([profile], {}, True, [])


async def parts_of(profile, setting):
    """Yields the Parts of a profile. What only a user can type is left out."""
    slug = profile['slug']
    default = await default_choice(profile)
    yield Part(default, f'profile {slug}', setting)
    for option, of in profile['profile_options'].items():
        for choice in of['choices']:
            label = f'profile {slug} ({option}: {choice})'
            if slug == profiles_of.SHORT:
                yield Part(await profiles_of.choice_among([profile], {option: choice}, True, []), label, setting)
                continue
            at = at_choice(setting, option, choice)
            if {'option': option, 'choice': choice, 'override': of['choices'][choice]['override']} in default.picks:
                yield Part(default, label, at)
            else:
                yield Part(await profiles_of.choice_among([profile], {option: choice}, True, []), label, at)


async def ask_profiles(spawner, profiles, is_callable):
    """Returns a Finding on each profile and choice that cannot start, or that the nodes have no room for."""
    parts = [part for profile, setting in profiles async for part in parts_of(profile, setting)]
    found = [one for part in parts for one in own_problems(spawner, part)]
    if len(parts) > ASKED_MAX:
        said = f'only {ASKED_MAX} of the {len(parts)} profiles and choices are asked about'
        found.append(Finding(False, label_of(spawner), said))
    for index in range(0, min(len(parts), ASKED_MAX) if is_callable else 0, AT_ONCE):
        some = parts[index : min(index + AT_ONCE, ASKED_MAX)]
        try:
            answers = await ask(spawner, some)
        except Unreachable:
            break  # The question about the server itself says so.
        except Refused as error:
            why = swarmspawner.too_old_for(error) or error.detail
            found.append(Finding(False, label_of(spawner), f'The profiles cannot be asked about: {why}'))
            break
        found += [one for part, answer in zip(some, answers) for one in said_of(part, answer)]
    return once(found)


async def ask(spawner, parts):
    groups = sorted(group.name for group in spawner.user.groups)
    data = {
        'server': spawner._server_key,
        'groups': groups,
        'config': swarmspawner.sent_settings(spawner),
        'requests': [{'profile': part.choice.request} for part in parts],
    }
    service = swarmspawner.Service(*spawner._service_key)
    answer = await service.call('explain', data, TIMEOUT)
    answers = answer.get('explanations')
    return [one for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []


def own_problems(spawner, part):
    """Yields a Finding on each value that JupyterHub does not take."""
    try:
        part.choice.apply(type(spawner)(config=spawner.config))
    except profiles_of.Misconfigured as error:
        yield from (Finding(True, part.setting, problem) for problem in error.problems)


def said_of(part, answer):
    """Yields a Finding on each thing that an explanation has against a part."""
    problem = answer.get('problem') if isinstance(answer.get('problem'), dict) else {}
    issues = swarmspawner.readable_issues(problem, 'issues', 'path', 'message')
    obstacles = swarmspawner.readable_issues(answer, 'obstacles', 'from', 'reason')
    for path, reason in [*issues, *obstacles]:
        profile, _, _ = part.setting.partition('.profile_options.')
        places = (part.label, part.setting), (part.label.partition(' (')[0], profile)
        yield placed(refusal(path, reason), places)
    detail = swarmspawner.text_of(problem, 'detail')
    if detail and not issues:
        yield Finding(True, part.setting, f'{part.label}: {detail}')
    room = answer.get('room') if isinstance(answer.get('room'), dict) else {}
    why = swarmspawner.text_of(room, 'reason')
    if why and answer.get('fits') in ('later', 'never') and not obstacles:
        said = f'{part.label}: the nodes have no room for a server: {why}'
        yield Finding(answer['fits'] == 'never', part.setting, said)


def placed(finding, places):
    """Returns a Finding with the setting of the part that it names. `places` are pairs of a label and a setting."""
    for label, setting in places:
        if finding.sentence.startswith(f'{label}.'):
            path = finding.sentence[len(label) + 1 :].partition(': ')[0]
            return finding._replace(setting=f'{setting}.override.{path}')
    return finding


def placed_in(profiles, choice, finding):
    """Returns a Finding with the setting of the part of a user's choice that it names."""
    slug = choice.profile['slug']
    setting = next((setting for profile, setting in profiles if profile['slug'] == slug), label_of_slug(slug))
    options = [
        (f'profile {slug} ({one["option"]}: {one["choice"]})', at_choice(setting, one['option'], one['choice']))
        for one in choice.picks
        if 'choice' in one
    ]
    return placed(finding, [*options, (f'profile {slug}', setting)])


def label_of_slug(slug):
    return f'c.SwarmSpawner.{"allowed_images" if slug == profiles_of.SHORT else "profile_list"}'


def at_choice(setting, option, choice):
    return f'{setting}.profile_options.{option}.choices.{choice}'


def once(findings):
    """Returns the findings without those that another part has too: each part has all of the profile and the hub."""
    known, told = set(), []
    for found in findings:
        words = found.sentence.partition(': the nodes have no room for a server: ')
        # A choice that changes nothing of it has the same want of room as its profile.
        key = (words[0].partition(' (')[0], words[2]) if words[1] else found.sentence
        if key not in known:
            known.add(key)
            told.append(found)
    return told
