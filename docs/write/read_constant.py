"""Prints a constant of a Python file as JSON, by reading its source: none of the file's imports is needed.

Usage: read_constant.py <file> <name>
"""

import ast
import json
import sys


def main(path, name):
    with open(path, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    [value] = [node.value for node in tree.body if is_assignment_of(node, name)]
    json.dump(ast.literal_eval(value), sys.stdout)


def is_assignment_of(node, name):
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name


if __name__ == '__main__':
    main(*sys.argv[1:])
