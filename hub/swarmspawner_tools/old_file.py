"""The old configuration: its spawner, and where it sets what."""

import ast
import bisect

from .docker_types import imported_names
from .names import KNOWN, NEVER, NEW, OWN, canonical, is_own, label
from .rules import RULES
from .spawner_class import SECTIONS, assignments_of_class, classes_of, old_kind
from .uses import constant, find_uses, read_module

# Settings of which a later line may take the place.
REWRITTEN = frozenset(name for rules in RULES.values() for name in rules)
# The rank of a section of a class in the file: it is more special than the others.
OWN_CLASS = 9


class OldFile:
    """What is known of a file before anything is changed."""

    def __init__(self, code, is_before_12=False):
        self.code, self.is_before_12 = code, is_before_12
        self.module = read_module(code.tree, imported_names(code.tree))
        self.classes = classes_of(self.module)
        self.kind = old_kind(code.tree, self.module, self.classes)
        self.assignments = list(assignments_of_class(code.tree, self.module))
        self.uses = find_uses(code.tree, self.module, self.classes)
        # By setting, without those of hooks; by statement.
        self.by_name, self.of_statement = {}, {}
        for use in self.uses:
            self.of_statement.setdefault(use.statement, []).append(use)
            if use.section is not None:
                self.by_name.setdefault(canonical(use), []).append(use)
        self._ranks = {section: rank for rank, section in enumerate(SECTIONS.get(self.kind) or SECTIONS['swarm'])}
        # By setting: the only assignment, the one in the most special section, the lines that read it; and the last
        # assignment of each section.
        self.only, self._best, self._read_lines, self._latest = {}, {}, {}, {}
        for name, uses in self.by_name.items():
            self._index(name, uses)

    def _index(self, name, uses):
        assigned = [use for use in uses if use.kind == 'assign']
        self.only[name] = assigned[0] if len(assigned) == 1 else None
        self._read_lines[name] = [use.node.lineno for use in uses if use.kind == 'read']
        for use in assigned:
            is_read = use.section in self._ranks or use.section not in KNOWN
            if use.is_always and is_read and not (is_own(use) and use.section == 'Spawner'):
                self._latest[name, use.section] = use
                if self._rank(use) >= self._best.get(name, (-1,))[0]:
                    self._best[name] = self._rank(use), use

    def _rank(self, use):
        return self._ranks.get(use.section, OWN_CLASS)

    @property
    def root(self):
        """The name of the configuration in the file, such as `c`."""
        return next((use.root for use in self.uses if use.section is not None), 'c')

    def last_constant(self, name):
        """Returns the literal that a setting is set to last, or None."""
        uses = [use for use in self.by_name.get(name, []) if use.kind == 'assign']
        return constant(uses[-1].value, self.module) if uses else None

    def words(self):
        """Returns what each placeholder of the old spawner is here."""
        if self.kind == 'cassiny':
            return {'username': '{username}'}
        if self.kind == 'ucphhpc':
            values = [use.value for use in self.by_name.get('user_format_attributes', []) if use.value is not None]
            parts = (part for value in values for part in ast.walk(value))
            has_name = any(isinstance(part, ast.Constant) and part.value == 'name' for part in parts)
            return {'name': '{raw_username}'} if has_name else {}
        is_legacy = self.is_before_12 if 'escape' not in self.by_name else self.last_constant('escape') == 'legacy'
        name = '{legacy_escaped_username}' if is_legacy else '{escaped_username}'
        prefix = self.last_constant('prefix') if 'prefix' in self.by_name else 'jupyter'
        return {
            'username': name,
            'safe_username': name,
            'raw_username': '{raw_username}',
            'servername': '{escaped_server_name}',
            'prefix': prefix,
        }

    def unread(self, use):
        """Returns why the old spawner did not use the value that a statement sets, or None."""
        if use.section is None:
            return None
        is_new = use.name in NEW
        if use.name in NEVER.get(self.kind, ()) and not is_new:
            effect = '; here it would have an effect' if use.name in OWN else ', so it had no effect'
            return f'the old spawner had no setting {use.name}{effect}'
        read = SECTIONS.get(self.kind)
        if read and not is_new and use.section not in read and use.section in KNOWN - {'KubeSpawner'}:
            return f'the old spawner did not read {use.root}.{use.section}'
        if use.kind == 'assign' or not is_own(use):
            return self._replaced(use, canonical(use))
        return None

    def _replaced(self, use, name):
        if is_own(use) and use.section == 'Spawner':
            return None
        rank, best = self._best.get(name, (-1, None))
        if rank > self._rank(use):
            return f'{label(best)} took the place of this'
        latest = self._latest.get((name, use.section), use)
        if use.is_always and latest.node.lineno > use.node.lineno and name in REWRITTEN:
            lines = self._read_lines[name]
            first = bisect.bisect_left(lines, use.node.lineno)
            if first == len(lines) or lines[first] >= latest.node.lineno:
                return 'a later line took the place of this'
        return None
