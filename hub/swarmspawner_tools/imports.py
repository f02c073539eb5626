"""Imports of the old spawner and of docker-py, which go when nothing uses them any more."""

import ast

from .rewrite import Code, nodes, replaced

MODULES = frozenset(['cassinyspawner', 'docker', 'dockerspawner', 'jhub'])


def without_unused_imports(text, name):
    """Returns a text of Python without the imports of the old spawner that nothing in it uses."""
    code = Code(name, text, 'utf-8')
    parents = {child: node for node in nodes(code.tree) for child in ast.iter_child_nodes(node)}
    used = {node.id for node in nodes(code.tree) if isinstance(node, ast.Name)}
    exported = {
        part.value for part in nodes(code.tree) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    taken = used | exported
    edits = []
    for node in nodes(code.tree):
        # An import that may fail belongs to what follows if it does.
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not isinstance(parents[node], ast.Try):
            unused = [alias for alias in node.names if is_of_old(node, alias) and bound(alias) not in taken]
            if unused:
                edits += without(code, parents, node, [alias for alias in node.names if alias not in unused])
    return replaced(text, edits)


def is_of_old(node, alias):
    if isinstance(node, ast.Import):
        return alias.name.partition('.')[0] in MODULES
    return not node.level and (node.module or '').partition('.')[0] in MODULES and alias.name != '*'


def bound(alias):
    return alias.asname or alias.name.partition('.')[0]


def without(code, parents, node, kept):
    start, end = code.start(node), code.end(node)
    if kept:
        names = ', '.join(alias.name + (f' as {alias.asname}' if alias.asname else '') for alias in kept)
        module = f'from {node.module} import ' if isinstance(node, ast.ImportFrom) else 'import '
        return [(start, end, module + names)]
    line = code.line_at(start)
    is_alone = (line.start, line.end) == (start, end)
    parent = parents[node]
    blocks = [block for _, block in ast.iter_fields(parent) if isinstance(block, list) and block[:1] == [node]]
    if not is_alone or (not isinstance(parent, ast.Module) and any(len(block) == 1 for block in blocks)):
        return [(start, end, 'pass')]
    after = code.starts[node.end_lineno] if node.end_lineno < len(code.starts) else len(code.text)
    rest = code.text[end:after]
    begin = start - len(line.indent)
    if begin == 0 and not rest.strip():
        # The blank lines below the first line of a file separate it from the rest.
        after += len(code.text[after:]) - len(code.text[after:].lstrip('\r\n'))
    return [(start, end, '')] if rest.strip() else [(begin, after, '')]
