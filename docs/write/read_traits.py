"""Prints the settings of a spawner class as JSON, by reading its source: no JupyterHub is needed.

Usage: read_traits.py <file> <class>
"""

import ast
import json
import sys


def main(path, class_name):
    with open(path, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    [cls] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    traits = [trait for node in cls.body if isinstance(node, ast.Assign) for trait in traits_of(node)]
    defaults = [name for node in cls.body if isinstance(node, ast.FunctionDef) for name in default_of(node)]
    json.dump({'traits': traits, 'defaults': defaults}, sys.stdout, indent=2)


def traits_of(node):
    """One trait for `name = Unicode('', help='…').tag(config=True)` or `name = _setting(Unicode(…))`; none otherwise."""
    call, is_config, is_sent = node.value, False, False
    if is_call_of(call, '_setting'):
        [call] = call.args
        is_config = is_sent = True
    elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == 'tag':
        tags = {keyword.arg: keyword.value.value for keyword in call.keywords}
        call, is_config, is_sent = call.func.value, tags.get('config', False), tags.get('sent', False)
    if not is_config:
        return
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    kind = call.func.id
    [target] = node.targets
    yield {
        'name': target.id,
        'types': [item.func.id for item in call.args[0].elts] if kind == 'Union' else [kind],
        'values': ast.literal_eval(call.args[0]) if kind == 'Enum' else None,
        'default': default_value(kind, call.args, keywords),
        'help': ast.literal_eval(keywords['help']),
        'sent': is_sent,
    }


def default_value(kind, args, keywords):
    if 'default_value' in keywords:
        return ast.literal_eval(keywords['default_value'])
    return ast.literal_eval(args[0]) if args and kind not in ('Union', 'Enum') else None


def default_of(node):
    """The trait whose default a method with `@default('name')` says."""
    for decorator in node.decorator_list:
        if is_call_of(decorator, 'default'):
            yield decorator.args[0].value


def is_call_of(node, name):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


if __name__ == '__main__':
    main(*sys.argv[1:])
