"""ucphhpc's images, of which a user chose one: each is a profile. The settings of the first are the hub's."""

import ast
import re

# By key of an image: the setting of ours and its key.
IMAGE = {
    'args': ('container_spec', 'args'),
    'command': ('container_spec', 'command'),
    'configs': ('container_spec', 'configs'),
    'env': ('environment', None),
    'image': ('container_spec', 'image'),
    'log_driver': ('log_driver',),
    'mounts': ('mounts', None),
    'placement': ('placement',),
    'resource_spec': ('resource_spec', None),
    'uid_gid': ('container_spec', 'user'),
    'user': ('container_spec', 'user'),
    'workdir': ('container_spec', 'workdir'),
}
TEXTS = 'user', 'workdir', 'uid_gid'


def tell_of_others(use, plan, images, result):
    """Adds the profiles to a Result. `images` are the nodes of all images."""
    pairs = [plan.values.pairs(one) for one in images]
    known = [dict(one) for one in pairs if one is not None]
    if len(known) < len(images) or use.section is None:
        result.notes.append('write an entry of profile_list for each image, with its settings as `override`')
        return
    slugs = slugs_of(plan, known)
    made = [profile(plan, one, known[0], slug, result) for one, slug in zip(known, slugs)]
    result.lines.append(plan.assign(use, 'profile_list', f'[\n{"".join(made)}]'))
    more = sorted({key for one in known[1:] for key in one} - {*IMAGE, 'name', 'endpoint_spec'})
    if more:
        result.notes.append(f'settings of the other images have no equal: {", ".join(more)}')


def slugs_of(plan, images):
    """Returns a slug for each image, or None for all if their names make slugs that are not the same."""
    names = [plan.values.constant(one['name']) if 'name' in one else None for one in images]
    made = [re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') if isinstance(name, str) else '' for name in names]
    is_plain = all(made) and len({*made}) == len(made) and all(map(str.isascii, names))
    return [None if is_plain else f'image-{number}' for number in range(1, len(images) + 1)]


def profile(plan, image, first, slug, result):
    """Returns the lines of a profile. That of the first image changes nothing, because the hub has its settings."""
    name = image.get('name', image.get('image'))
    items = [('display_name', repr('Image') if name is None else shown(plan, name))]
    items += [('slug', repr(slug))] if slug else []
    if image is first:
        return f'    {dict_of(items)},\n'
    head = ''.join(f'        {key!r}: {text},\n' for key, text in items)
    pairs = ''.join(f'            {key!r}: {text},\n' for key, text in override(plan, image, first, result))
    return f"    {{\n{head}        'override': {{\n{pairs}        }},\n    }},\n"


def shown(plan, name):
    return plan.values.text(name) if is_text(name) else f'str({plan.values.text(name)})'


def override(plan, image, first, result):
    """Returns the pairs of an override: the settings of an image, and `None` for what only the first one has."""
    common = {key: dict(plan.values.pairs(plan.value_of(key)) or ()) for key in ('container_spec', 'resource_spec')}
    items, container = [], []
    for key in [*image, *(key for key in first if key not in image)]:
        place, own = IMAGE.get(key), image.get(key)
        if key == 'image' and own is not None:
            items.append(('image', plan.values.text(own)))
        elif key == 'name':
            container.append(('labels', f"{{'image_name': {shown(plan, own)}}}" if own is not None else 'None'))
        elif key == 'endpoint_spec':
            items += mode(plan, own)
        elif place is None:
            continue
        elif place[0] == 'container_spec':
            of_all = common['container_spec'].get(place[1], common['container_spec'].get(key))
            # uid_gid and user are the same.
            if own is not None or place[1] != 'user' or not {'uid_gid', 'user'}.intersection(image):
                container.append((place[1], value_of(plan, key, own, of_all)))
        elif key in ('env', 'resource_spec'):
            of_all = common['resource_spec'] if key == 'resource_spec' else {}
            items.append((key, laid_over(plan, own, first.get(key), of_all, result)))
        elif key == 'mounts':
            items.append((key, mounts(plan, own, first.get(key), result)))
        else:
            items.append((key, value_of(plan, key, own, plan.value_of(key))))
    return [*(pair for pair in items if pair[1]), *([('container_spec', dict_of(container))] if container else [])]


def value_of(plan, key, own, of_all):
    """Returns the text of a value: the image's own, else that of all images, else None."""
    node = of_all if own is None else own
    if node is None:
        return 'None'
    text = plan.values.text(node)
    return f'str({text})' if key in TEXTS and not is_text(node) else text


def mode(plan, own):
    if own is None:
        return [('endpoint', 'None')]
    parts = dict(plan.values.pairs(own) or ())
    return [('endpoint', plan.values.text(parts['mode']))] if 'mode' in parts else []


def laid_over(plan, own, of_first, of_all, result):
    """Returns the text of a dict, with what the first image alone has as it is for all, or as `None`."""
    pairs = plan.values.pairs(of_first) if of_first is not None else []
    known = {key for key, _ in plan.values.pairs(own) or ()} if own is not None else set()
    if pairs is None or (pairs and own is not None and plan.values.pairs(own) is None):
        result.notes.append('keys of env and resource_spec that only the first image has hold for the others as well')
        pairs = []
    gone = {key: plan.values.text(of_all[key]) if key in of_all else 'None' for key, _ in pairs if key not in known}
    if own is None:
        return dict_of(gone.items()) if gone else None
    text = plan.values.text(own)
    return dict_of(gone.items(), f'**{plan.values.atom(own)}') if gone else text


def mounts(plan, own, of_first, result):
    """Returns the text of the mounts. With a dict by target, those of the first image are taken away."""
    text = None if own is None else plan.values.text(own, True)
    targets = targets_of(plan, of_first)
    if targets is None:
        result.notes.append('the mounts of the first image hold for the others as well: their targets are not literals')
    if not targets:
        return text
    gone = [(target, 'None') for target in targets]
    return dict_of(gone, f"**{{one['target']: one for one in {text}}}" if text else None)


def targets_of(plan, mounts):
    """Returns the targets of mounts, or None if one of them is not a literal."""
    if mounts is None:
        return []
    if not isinstance(mounts, ast.List):
        return None
    found = []
    for mount in mounts.elts:
        # jhub's SSHFSMounter has the dict as its only argument.
        is_mounter = isinstance(mount, ast.Call) and len(mount.args) == 1 and not mount.keywords
        pairs = dict(plan.values.pairs(mount.args[0] if is_mounter else mount) or ())
        found.append(plan.values.constant(pairs['target']) if 'target' in pairs else None)
    return found if all(isinstance(one, str) for one in found) else None


def dict_of(pairs, more=None):
    texts = [f'{key!r}: {text}' for key, text in pairs]
    return '{' + ', '.join([*texts, *([more] if more else [])]) + '}'


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
