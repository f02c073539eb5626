"""Edits of a few characters: sections, names of classes, and settings that are read."""

import ast

from .docker_types import dotted
from .names import canonical, is_own
from .plan import MAX_REPEATED
from .rules import READS
from .spawner_class import KINDS, OURS
from .uses import name_of_class


def small_edits(old, plan):
    """Yields the edits that do not depend on what becomes of a statement."""
    yield from sections(old)
    yield from bases(old)
    yield from values_of_class(old)
    for use in old.uses:
        text = read_as(use, old, plan)
        if text is not None:
            yield old.code.start(use.node), old.code.end(use.node), text


def sections(old):
    """Settings of ours that stand in another spawner's section move to our section."""
    for use in old.uses:
        if use.section in ('DockerSpawner', 'SystemUserSpawner') and is_own(use):
            section = use.node.value
            yield old.code.start(section), old.code.end(section), f'{use.root}.SwarmSpawner'


def bases(old):
    """Classes in the file that extend the old spawner extend ours."""
    code, is_imported = old.code, 'swarmspawner' in old.module.names.values()
    for name in old.classes:
        node = old.module.classes[name]
        for base in node.bases:
            if KINDS.get(name_of_class(base, old.module)) not in (None, 'ours', 'cassiny'):
                yield code.start(base), code.end(base), 'swarmspawner.SwarmSpawner'
                if not is_imported:
                    line = code.line_at(code.start(import_of(base, old) or (node.decorator_list or [node])[0]))
                    yield line.start, line.start, f'import swarmspawner{code.newline}{line.indent}'
                    is_imported = True
        if any(KINDS.get(name_of_class(base, old.module)) not in (None, 'ours', 'cassiny') for base in node.bases):
            yield from calls_of_base(node, old)


def calls_of_base(of_class, old):
    """Yields edits of `DockerSpawner.start(self)`, an older way to write `super().start()`, in a class."""
    for node in ast.walk(of_class):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if KINDS.get(dotted(node.value, old.module.names)) not in (None, 'ours', 'cassiny'):
                yield old.code.start(node.value), old.code.end(node.value), 'swarmspawner.SwarmSpawner'


def import_of(base, old):
    """Returns the statement that imports the old spawner, if the file always runs it before the class."""
    while isinstance(base, ast.Attribute):
        base = base.value
    for statement in old.code.tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)) and statement.lineno < base.lineno:
            if base.id in (alias.asname or alias.name.partition('.')[0] for alias in statement.names):
                return statement
    return None


def values_of_class(old):
    """The value of c.JupyterHub.spawner_class."""
    for statement, _ in old.assignments:
        name = name_of_class(statement.value, old.module)
        # Our package has this name as well.
        if KINDS.get(name) not in (None, 'ours') and name != 'cassinyspawner.SwarmSpawner':
            yield old.code.start(statement.value), old.code.end(statement.value), OURS


def read_as(use, old, plan):
    """Returns what an old setting that is read becomes, or None if nothing holds the same value."""
    place = READS.get(canonical(use))
    # Before Python 3.12, ast gives wrong places in some f-strings: there, the text is another one.
    if use.kind != 'read' or is_own(use) or place is None or old.code.of(use.node) != ast.unparse(use.node):
        return None
    if use.section is None or '[' not in place:
        return plan.prefix(use) + place
    # A setting of the configuration that has no value yet has no items. So what is set is written once more.
    only = old.only.get(canonical(use))
    if not only or not only.is_always or only.node.lineno >= use.node.lineno:
        return None
    text = old.code.of(only.value)
    if len(text) > MAX_REPEATED:
        return None
    return text if isinstance(only.value, (ast.Constant, ast.Name)) else f'({text})'
