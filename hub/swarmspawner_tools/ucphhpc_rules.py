"""What the settings of ucphhpc's jhub_swarmspawner become here."""

import ast
import re

from .extra_rules import NO_PORTS
from .in_container import in_container
from .plan import Result
from .ucphhpc_images import IMAGE, TEXTS, is_text, tell_of_others


def images(use, plan):
    """A list of dicts. The first one is what a server gets if its user chooses nothing."""
    if use.kind != 'assign' or not isinstance(use.value, ast.List) or not use.value.elts:
        return Result(
            notes=["write the image and its settings: container_spec['image'], mounts, resource_spec and so on"]
        )
    first, *others = use.value.elts
    pairs = plan.values.pairs(first)
    if pairs is None:
        return Result(
            notes=["write the image and its settings: container_spec['image'], mounts, resource_spec and so on"]
        )
    result, container = Result(), []
    for key, value in pairs:
        add_key(use, plan, key, value, result, container)
    result.lines.insert(0, plan.put(use, 'container_spec', container))
    spec = dict(plan.values.pairs(plan.value_of('container_spec')) or ())
    if 'mounts' in spec and 'mounts' in dict(pairs):
        # mounts replaces the mounts of container_spec, and the old spawner took both.
        common = plan.values.text(spec['mounts'], True)
        if not isinstance(spec['mounts'], ast.List) or spec['mounts'].elts:
            at = next(index for index, line in enumerate(result.lines) if '.mounts' in line)
            head, _, image = result.lines[at].partition(' = ')
            result.lines[at] = f'{head} = {common} + {image}' if image else f'{head[:-1]} + {common})'
            result.notes.append('mounts of container_spec and of the image are both here; mounts has the place of both')
    if others:
        tell_of_others(use, plan, use.value.elts, result)
    return result


def add_key(use, plan, key, value, result, container):
    text = plan.values.text(value, key == 'mounts')
    place = IMAGE.get(key)
    if key == 'name':
        container.append(('labels', f"{{'image_name': {text}}}"))
    elif key == 'accelerators':
        result.notes.append("accelerators of images: write resource_spec['generic_resources'], such as {'gpu': 1}")
    elif key == 'endpoint_spec':
        parts = dict(plan.values.pairs(value) or ())
        if 'mode' in parts:
            result.lines.append(plan.assign(use, 'endpoint', plan.values.text(parts['mode'])))
        if 'ports' in parts:
            result.notes.append(f"endpoint_spec['ports'] of images has no equal: {NO_PORTS}")
        if not parts:
            result.notes.append("write endpoint, 'dnsrr' or 'vip', for endpoint_spec of images")
    elif place is None:
        result.notes.append(f'{key} of images has no equal')
    elif place[0] == 'container_spec':
        container.append((place[1], f'str({text})' if key in TEXTS and not is_text(value) else text))
    elif place[0] == 'mounts':
        result.lines.append(plan.extend(use, 'mounts', text))
    elif len(place) == 1:
        result.lines.append(plan.assign(use, place[0], text))
    else:
        result.lines.append(plan.merge(use, place[0], text))


RULES = {
    'configs': in_container('configs'),
    'dockerimages': images,
    'images': images,
    'secrets': in_container('secrets'),
}


def first_image(plan):
    """Returns the keys and values of the image that users get without a choice, as a dict."""
    value = plan.value_of('images')
    is_list = isinstance(value, ast.List) and value.elts
    return dict(plan.values.pairs(value.elts[0]) or ()) if is_list else {}


def image_has(use, plan):
    """Tells whether a setting has no effect, because the first image has one of its own."""
    return use.name in ('log_driver', 'placement', 'resource_spec') and use.name in first_image(plan)


def spec_edits(plan, use):
    """Returns edits of a container_spec of ucphhpc's: `uid_gid` is the user, and mounts have our placeholders."""
    if use.name != 'container_spec':
        return []
    code = plan.values.code
    edits = list(plan.values.edits(code.start(use.value), code.end(use.value)))
    if isinstance(use.value, ast.Dict):
        keys = [key for key in use.value.keys if isinstance(key, ast.Constant) and key.value == 'uid_gid']
        edits += [(code.start(key), code.end(key), "'user'") for key in keys]
        # ucphhpc's spawner made a text of a number.
        for key, value in zip(use.value.keys, use.value.values):
            is_number = isinstance(value, ast.Constant) and type(value.value) is int
            if is_number and isinstance(key, ast.Constant) and key.value in TEXTS:
                edits.append((code.start(value), code.end(value), repr(str(value.value))))
    return edits


def unknown_words(plan, texts):
    """Returns notes of words in braces that the old spawner filled in from what it knew of the user."""
    known = 'username', 'raw_username', 'server_name', 'escaped_username'
    words = {word for text in texts for word in re.findall(r'(?<!\{)\{([a-z_]\w*)\}(?!\})', text)} - set(known)
    said = 'has no equal: in pre_spawn_hook, put what the user has for it into this setting'
    return [f'{{{word}}} {said}' for word in sorted(words)]
