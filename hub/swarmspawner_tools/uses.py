"""Where a configuration sets, changes or reads settings of a spawner."""

import ast
import dataclasses
from dataclasses import dataclass

from .docker_types import dotted
from .rewrite import nodes

# Settings of JupyterHub whose functions get the spawner first.
HOOKS = frozenset(
    [
        'pre_spawn_hook',
        'post_stop_hook',
        'auth_state_hook',
        'apply_user_options',
        'options_form',
        'progress_ready_hook',
    ]
)
METHODS = frozenset(
    ['append', 'clear', 'extend', 'insert', 'pop', 'popitem', 'prepend', 'remove', 'setdefault', 'update']
)


@dataclass
class Use:
    """A setting at one place of a configuration.

    `kind`: assign, item (`x[key] = value`), call (`x.update(value)`), change (anything else that changes it), or read.
    `section` is None in hooks and classes. `root` is the name before the section, or that of the spawner.
    """

    node: ast.Attribute
    statement: ast.stmt
    kind: str
    root: str
    section: str
    name: str
    value: ast.expr = None
    key: ast.expr = None
    method: str = None
    is_always: bool = False
    is_lone: bool = True


@dataclass
class Module:
    """What is known of the names in a file."""

    names: dict
    parents: dict
    configs: set
    classes: dict
    values: dict
    functions: set
    loads: dict


def read_module(tree, names):
    parents = {child: node for node in nodes(tree) for child in ast.iter_child_nodes(node)}
    configs, values, seen, loads = {'c'}, {}, {}, {}
    for node in nodes(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            seen[node.id] = seen.get(node.id, 0) + 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            loads[node.id] = loads.get(node.id, 0) + 1
        if not isinstance(node, ast.Assign):
            continue
        is_config = isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith('get_config')
        for name in (target.id for target in node.targets if isinstance(target, ast.Name)):
            if is_config:
                configs.add(name)
            if isinstance(parents[node], ast.Module):
                values[name] = node.value
    values = {name: value for name, value in values.items() if seen[name] == 1}
    classes = {node.name: node for node in nodes(tree) if isinstance(node, ast.ClassDef)}
    kinds = ast.FunctionDef, ast.AsyncFunctionDef
    functions = {node.name for node in nodes(tree) if isinstance(node, kinds)}
    return Module(names, parents, configs, classes, values, functions, loads)


def statement_of(node, parents):
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def find_uses(tree, module, spawners):
    """Returns the uses of settings: those of the configuration, and those of spawners in hooks and classes.

    `spawners` are the classes in the file that are spawners, by name.
    """
    in_hooks = {
        id(name): name.id for function in hook_functions(tree, module, spawners) for name in names_in(*function)
    }
    uses = []
    for node in nodes(tree):
        if not isinstance(node, ast.Attribute):
            continue
        base = node.value
        if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name) and base.value.id in module.configs:
            if is_method(node, module.parents):
                continue
            if base.attr.endswith('Spawner') or base.attr in spawners:
                uses.append(use_of(node, module.parents, base.value.id, base.attr))
        elif isinstance(base, ast.Name) and id(base) in in_hooks:
            uses.append(use_of(node, module.parents, base.id, None))
    return sorted(uses, key=lambda use: (use.node.lineno, use.node.col_offset))


def find_sections(tree, module):
    """Yields each place where a section of a spawner is used in another way than `c.Section.setting`: node and name."""
    for node in nodes(tree):
        parent = module.parents.get(node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in module.configs:
            is_setting = (
                isinstance(parent, ast.Attribute) and parent.value is node and not is_method(parent, module.parents)
            )
            if node.attr.endswith('Spawner') and not is_setting:
                yield node, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in module.configs:
            name = getattr(node.slice, 'value', None)
            if isinstance(name, str) and name.endswith('Spawner'):
                yield node, name


def is_method(node, parents):
    call = parents[node]
    return node.attr in METHODS and isinstance(call, ast.Call) and call.func is node


def names_in(function, root):
    return [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == root]


def hook_functions(tree, module, spawners):
    """Yields each function that gets a spawner, with the name that it has there."""
    hooks = set()
    for node in nodes(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            if node.targets[0].attr in HOOKS and isinstance(node.value, (ast.Name, ast.Lambda)):
                hooks.add(getattr(node.value, 'id', node.value))
    for node in nodes(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        arguments = [*node.args.posonlyargs, *node.args.args]
        parent = module.parents[node]
        is_method = isinstance(parent, ast.ClassDef) and parent.name in spawners
        if arguments and (is_method or getattr(node, 'name', node) in hooks):
            yield node, arguments[0].arg
        elif any(argument.arg == 'spawner' for argument in arguments):
            yield node, 'spawner'


def use_of(node, parents, root, section):
    statement = statement_of(node, parents)
    use = Use(node, statement, 'read', root, section, node.attr)
    use.is_always = isinstance(parents.get(statement), ast.Module)
    parent = parents[node]
    if isinstance(statement, ast.AugAssign) and parent is statement and isinstance(statement.op, (ast.BitOr, ast.Add)):
        # `x |= {…}` is `x.update({…})`, and `x += […]` is `x.extend([…])`.
        use.kind, use.value = 'call', statement.value
        use.method = 'update' if isinstance(statement.op, ast.BitOr) else 'extend'
    elif isinstance(node.ctx, ast.Store) and parent is statement and getattr(statement, 'value', None) is not None:
        is_plain = isinstance(statement, (ast.Assign, ast.AnnAssign))
        use.kind, use.value = 'assign' if is_plain else 'change', statement.value
        use.is_lone = not isinstance(statement, ast.Assign) or len(statement.targets) == 1
    elif not isinstance(node.ctx, ast.Load):
        use.kind = 'change'
    elif isinstance(parent, ast.Subscript) and parent.value is node and not isinstance(parent.ctx, ast.Load):
        is_item = isinstance(statement, ast.Assign) and statement.targets == [parent]
        use.kind = 'item' if is_item else 'change'
        use.key, use.value = parent.slice, statement.value if is_item else None
    elif isinstance(parent, ast.Attribute) and parent.attr in METHODS:
        call = parents[parent]
        if isinstance(call, ast.Call) and call.func is parent:
            is_plain = isinstance(statement, ast.Expr) and statement.value is call
            if is_plain and len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred):
                use.kind, use.value, use.method = 'call', call.args[0], parent.attr
            else:
                use.kind = 'change'
    elif is_changed_below(node, parents):
        use.kind = 'change'
    return use


def is_changed_below(node, parents):
    """Tells whether something inside of a setting is changed, such as `c.X.y['a']['b'] = 1`."""
    parent = parents[node]
    while isinstance(parent, (ast.Subscript, ast.Attribute)) and parent.value is node:
        if not isinstance(parent.ctx, ast.Load):
            return True
        call = parents[parent]
        if isinstance(parent, ast.Attribute) and isinstance(call, ast.Call) and parent.attr in METHODS:
            return True
        node, parent = parent, parents[parent]
    return False


def constant(node, module, depth=0):
    """Returns the value of an expression if it is a literal, or a name that is one; else None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in module.values and depth < 8:
        return constant(module.values[node.id], module, depth + 1)
    return None


def name_of_class(node, module):
    """Returns the dotted name of a spawner class that an expression stands for: a text, an import or a class here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and node.id in module.values:
        return name_of_class(module.values[node.id], dataclasses.replace(module, values={}))
    if isinstance(node, ast.Name) and node.id in module.classes:
        return node.id
    return dotted(node, module.names)
