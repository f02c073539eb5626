"""What volumes and mounts of other spawners become here: texts or dicts of `mounts`."""

import ast

from .plan import Result
from .values import ATOMS, joined

BIND = '/', '.', '~'
ALL_USERS = 'its name has no user in it, so all users share it'


def volumes(use, plan):
    return bound(use, plan, '')


def read_only_volumes(use, plan):
    return bound(use, plan, 'ro')


def bound(use, plan, mode):
    """`{source: target}` or `{source: {'bind': target, 'mode': mode}}`."""
    result = Result()
    if replaced_by_extra_spec(use, plan):
        return Result(notes=["extra_container_spec['mounts'] took the place of these volumes in the old spawner"])
    if use.kind == 'item':
        text = mount_text(use.key, use.value, mode, plan, result)
        result.lines = [f'{plan.prefix(use)}mounts.append({text})']
        plan.feed(use, 'mounts')
        return result
    if use.kind == 'call' and use.method != 'update':
        return Result(notes=[f'write this change for mounts, a list: {plan.prefix(use)}mounts'])
    result.lines = [plan.extend(use, 'mounts', list_text(use.value, mode, plan, result))]
    result.notes += plan.stays(use, 'mounts')
    return result


def replaced_by_extra_spec(use, plan):
    """Tells whether the old spawner's mounts are those of extra_container_spec alone."""
    spec = plan.value_of('extra_container_spec')
    return use.section is not None and plan.old == 'swarm' and 'mounts' in dict(plan.values.pairs(spec) or ())


def list_text(node, mode, plan, result):
    values = plan.values
    pairs = values.pairs(node)
    if isinstance(node, ast.Dict):
        code = values.code
        edits = [(code.start(node), code.start(node) + 1, '['), (code.end(node) - 1, code.end(node), ']')]
        for key, value in zip(node.keys, node.values):
            if key is None:
                start = code.outer_start(value)
                end = values.outer_end(value, start)
                start = code.tokens[code.token_at(start) - 1].start
                edits.append((start, end, '*' + comprehension(value, mode, plan)))
            else:
                start = code.outer_start(key)
                value_start = code.outer_start(value)
                end = values.outer_end(value, value_start)
                edits.append((start, end, mount_text(key, value, mode, plan, result)))
        return code.changed(code.start(node), code.end(node), edits)
    if pairs is not None:
        texts = [mount_text(ast.Constant(key), value, mode, plan, result) for key, value in pairs]
        return f'[{", ".join(texts)}]'
    return comprehension(node, mode, plan)


def comprehension(node, mode, plan):
    """Makes the list when the hub reads its configuration, from a dict whose text is not a literal."""
    values = plan.values
    literal = values.module.values.get(node.id) if isinstance(node, ast.Name) else None
    text = values.text(node) if isinstance(node, ATOMS) else f'({values.text(node)})'
    fill = f".replace('{{username}}', {values.words.get('username', '{username}')!r})"
    # A dict of more than a hundred volumes is not looked at.
    is_plain = (
        isinstance(literal, ast.Dict)
        # Other lines may add volumes of another form to a dict that they use.
        and values.module.loads.get(node.id) == 1
        and len(literal.values) <= 100
        and all(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in literal.values)
    )
    if is_plain:
        end = " + ':ro'" if mode else ''
        return f"[(source + ':' + target{end}){fill} for source, target in {text}.items()]"
    default = mode or 'rw'
    alone = f"(bind, '{mode}')" if mode else '(bind,)'
    parts = f"((bind['bind'], bind.get('mode', '{default}')) if isinstance(bind, dict) else {alone})"
    return f"[':'.join((source, *{parts})){fill} for source, bind in {text}.items()]"


def mount_text(key, value, mode, plan, result):
    """Returns one mount: a text `source:target:ro`, or a dict if a text cannot say it."""
    values, value = plan.values, plan.values.behind(value)
    target, propagation = value, None
    options = dict(values.pairs(value) or ())
    if 'bind' in options:
        target, propagation = options['bind'], options.get('propagation')
        mode = mode_of(options['mode'], values, result) if 'mode' in options else mode
    source = values.plain(key) if isinstance(key, ast.Constant) else None
    where = values.plain(target)
    if isinstance(key, ast.Constant) and source is not None and not source.startswith(BIND):
        if plan.old == 'swarm':
            result.notes.append(
                f'{source}: the old spawner asked for a directory of this name, which Docker refuses; here, a volume'
            )
    driver = driver_text(plan)
    if driver is None and propagation is None and ':' not in f'{source}{where}':
        source = source if source is not None else [atom(values, key, True)]
        where = where if where is not None else [atom(values, target)]
        return joined(source, ':', where, *([':', mode] if mode else []))
    kind = 'bind' if (source or '').startswith(BIND) or (source is None and propagation) else 'volume'
    parts = [
        ('type', repr(kind)),
        ('source', repr(source) if source is not None else values.filled(key, True)),
        ('target', repr(where) if where is not None else values.filled(target)),
        *([('read_only', f"'ro' in {mode[0]}" if isinstance(mode, list) else 'True')] if mode else []),
        *([('propagation', values.text(propagation))] if propagation and kind == 'bind' else []),
        *([('driver_config', driver)] if driver and kind == 'volume' else []),
    ]
    return '{' + ', '.join(f"'{name}': {text}" for name, text in parts) + '}'


def mode_of(node, values, result):
    """Returns 'ro', an empty text, or a list with the text of an expression whose value is not known here."""
    given = values.constant(node)
    if not isinstance(given, str):
        return [atom(values, node)]
    words = given.split(',')
    if set(words) & {'z', 'Z'}:
        result.notes.append('labels of SELinux (z, Z) have no equal')
    return 'ro' if 'ro' in words else ''


def atom(values, node, is_source=False):
    text = values.filled(node, is_source)
    return text if isinstance(node, ATOMS) or text.endswith(')') and text.startswith('(') else f'({text})'


def driver_text(plan):
    name, options = plan.short('volume_driver'), plan.short('volume_driver_options')
    if (
        plan.old in ('docker', 'systemuser')
        or name is None
        or plan.values.constant(plan.value_of('volume_driver')) == ''
    ):
        return None
    more = f", 'options': {options}" if options is not None else ''
    return f"{{'name': {name}{more}}}"


def volume_driver(use, plan):
    return Result(notes=['it is the `driver_config` of each mount now'])


def mounts(use, plan):
    """dockerspawner's `mounts`, whose dicts have the keys of ours."""
    if plan.old == 'swarm' and use.section is not None:
        return Result(
            notes=["dockerspawner's SwarmSpawner did not read this; to have these mounts here, remove the # below"]
        )
    text = plan.values.text(use.value, True)
    if use.kind == 'item':
        return Result([f'{plan.prefix(use)}mounts[{plan.values.text(use.key)}] = {text}'])
    if use.kind == 'call':
        plan.feed(use, 'mounts')
        return Result([f'{plan.prefix(use)}mounts.{use.method}({text})'])
    return Result([plan.extend(use, 'mounts', text)])


def host_home(use, plan):
    """SystemUserSpawner's home of the user on the node."""
    values = plan.values
    inside = plan.short('image_homedir_format_string')
    source = raw(values.text(use.value))
    target = repr('/home/{raw_username}') if inside is None else raw(inside)
    propagation = plan.short('homedir_bind_propagation')
    parts = [('type', "'bind'"), ('source', source), ('target', target)]
    if propagation is not None:
        parts.append(('propagation', propagation))
    return Result([plan.extend(use, 'mounts', '[{' + ', '.join(f"'{key}': {text}" for key, text in parts) + '}]')])


def raw(text):
    return text.replace('{username}', '{raw_username}')


def image_home(use, plan):
    return Result(notes=['it is the `target` of the mount of the home now'])
