"""Finds the line of a part of a setting, such as that of the second mount, in the source of a configuration."""

import ast

from .places import Place


def place_in_value(place, path):
    """Returns the place of a part of the value that is set at a place. `path` is a list such as `['1', 'source']`."""
    try:
        with open(place.file, 'rb') as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return place
    assigned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and node.lineno == place.line]
    node = assigned[0] if len(assigned) == 1 else None
    while node is not None and path:
        place = Place(place.file, node.lineno)
        node, path = part_of(node, path)
    return place if node is None else Place(place.file, node.lineno)


def part_of(node, path):
    """Returns the node of the first name of a path, and the rest of the path. None: the node has no such part."""
    first, rest = path[0], path[1:]
    if isinstance(node, (ast.List, ast.Tuple)) and first.isdigit() and int(first) < len(node.elts):
        return node.elts[int(first)], rest
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and key.value in (first, '.'.join(path)):
                # The key's line, because a value may begin in a later one.
                return (value, rest) if key.value == first else (key, [])
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == first:
                return keyword.value, rest
    return None, []
