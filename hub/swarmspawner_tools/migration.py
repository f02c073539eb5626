"""One configuration on its way: what becomes of each of its statements."""

import ast
import bisect
import difflib

import jupyterhub
from swarmspawner import OTHER_SPAWNERS, SwarmSpawner, replacement

from .comments import Statements
from .docker_types import edits_of_types, imported_names
from .plan import Plan
from .rewrite import replaced
from .rules import COMMENTS, READS, RULES, SHARED
from .spawner_class import (
    KINDS,
    SECTIONS,
    TABLES,
    assignments_of_class,
    classes_of,
    name_of_class,
    old_kind,
)
from .ucphhpc_rules import spec_edits
from .uses import constant, find_uses, read_module, statement_of
from .values import Values

OURS = "'swarmspawner.SwarmSpawner'"
OWN = frozenset(SwarmSpawner.class_trait_names(config=True))
# Older names of dockerspawner for the same settings.
ALIASES = {
    'container_image': 'image',
    'container_name_template': 'name_template',
    'container_prefix': 'prefix',
    'image_whitelist': 'allowed_images',
    'dockerimages': 'images',
}
# What the old spawners have for hooks and subclasses, and nothing here has.
INNER = frozenset(
    'client container_id container_name create_object docker escaped_name executor get_command get_ip_and_port '
    'get_object get_task homedir host_homedir internal_hostname mount_binds object_id object_name pull_image '
    'remove_object service_id service_name service_owner start_object stop_object template_namespace '
    'volume_binds volume_mount_points'.split()
)
KNOWN = frozenset(['DockerSpawner', 'KubeSpawner', 'Spawner', 'SwarmSpawner', 'SystemUserSpawner'])
IMAGES = {'ucphhpc': 'ucphhpc/base-notebook:latest'}


class Migration:
    """One file. `text` returns the new one."""

    def __init__(self, code):
        self.code = code
        self.module = read_module(code.tree, imported_names(code.tree))
        self.classes = classes_of(self.module)
        self.old = old_kind(code.tree, self.module, self.classes)
        self.uses = find_uses(code.tree, self.module, self.classes)
        self.assignments = list(assignments_of_class(code.tree, self.module))
        self.by_name = {}
        for use in self.uses:
            if use.section is not None:
                self.by_name.setdefault(canonical(use), []).append(use)
        self.plan = Plan(Values(code, self.module, self.words()), self.old, self.by_name)

    def words(self):
        """Returns what each placeholder of the old spawner is here; None: nothing."""
        if self.old == 'ucphhpc':
            return {'username': '{username}'}
        escape = [use.value for use in self.by_name.get('escape', []) if use.kind == 'assign']
        is_legacy = escape and constant(escape[-1], self.module) == 'legacy'
        name = '{raw_username}' if is_legacy else '{escaped_username}'
        if self.old in ('cassiny', 'ours'):
            return {'username': '{username}'}
        prefix = [use.value for use in self.by_name.get('prefix', []) if use.kind == 'assign']
        return {
            'username': name,
            'safe_username': name,
            'raw_username': '{raw_username}',
            'servername': '{server_name}',
            'prefix': constant(prefix[-1], self.module) if prefix else 'jupyter',
        }

    def text(self):
        kept, told = edits_of_types(self.code, self.module.names)
        kept += [*self.renames(), *self.reads(), *self.bases(), *self.spawner_class()]
        self.code.keep(kept)
        # Twice: only afterwards it is known which old settings become parts of the same setting.
        self.decide()
        self.plan.is_final = True
        statements = self.decide()
        for node, sentence in told:
            statements.tell(statement_of(node, self.module.parents), sentence)
        gone = sorted((self.code.start(statement), self.code.end(statement)) for statement in statements.gone)
        return replaced(self.code.text, [*outside(kept, gone), *statements.edits()])

    # --- what needs only a few characters

    def renames(self):
        """Settings of ours that stand in another spawner's section move to our section."""
        for use in self.uses:
            if use.section in ('DockerSpawner', 'SystemUserSpawner') and is_own(use):
                section = use.node.value
                yield self.code.start(section), self.code.end(section), f'{use.root}.SwarmSpawner'

    def reads(self):
        """Old settings that are read become what took their place, where that holds the same value."""
        for use in self.uses:
            if use.kind == 'read' and not is_own(use) and canonical(use) in READS:
                text = self.plan.prefix(use) + READS[canonical(use)]
                yield self.code.start(use.node), self.code.end(use.node), text

    def bases(self):
        """Classes here that extend the old spawner extend ours."""
        is_first = 'swarmspawner' not in self.module.names.values()
        for name in self.classes:
            node = self.module.classes[name]
            for base in node.bases:
                if KINDS.get(name_of_class(base, self.module)) not in (None, 'ours', 'cassiny'):
                    yield self.code.start(base), self.code.end(base), 'swarmspawner.SwarmSpawner'
                    if is_first:
                        line = self.code.line_at(self.code.start((node.decorator_list or [node])[0]))
                        yield line.start, line.start, f'import swarmspawner{self.code.newline}{line.indent}'
                        is_first = False

    def spawner_class(self):
        for statement, _ in self.assignments:
            value = statement.value
            name = name_of_class(value, self.module)
            if KINDS.get(name) not in (None, 'ours') and name != 'cassinyspawner.SwarmSpawner':
                yield self.code.start(value), self.code.end(value), OURS

    # --- what becomes of statements

    def decide(self):
        statements = Statements(self.code, self.module.parents)
        self.decide_class(statements)
        done = set()
        for use in self.uses:
            if use.statement in done or not self.concerns(use):
                continue
            if use.is_lone:
                self.decide_use(use, statements)
            else:
                done.add(use.statement)
                self.decide_chain(use.statement, statements)
        self.decide_methods(statements)
        return statements

    def concerns(self, use):
        """Tells whether something has to be done about a use."""
        if use.section is None:
            return not is_own(use, self.old) and (entry(use.name, self.old) or use.name in INNER)
        # The sections of a spawner that wraps others, or of none that is known, are left to it.
        return use.section in KNOWN or use.section in self.classes

    def decide_class(self, statements):
        for statement, root in self.assignments:
            name = name_of_class(statement.value, self.module)
            if name not in KINDS and name not in self.classes:
                known = 'another spawner is set here' if name else 'which spawner is set here, is not a literal'
                statements.tell(statement, f'{known}; for SwarmSpawner, write {OURS}')
        if not self.assignments or self.old in (None, 'ours', 'cassiny'):
            return
        statement, root = self.assignments[0]
        more = self.defaults(statement, root)
        if more:
            text = self.code.changed(self.code.start(statement), self.code.end(statement))
            statements.replace(statement, [text, *more])
            statements.tell(statement, 'the lines below are what the old spawner did without being told')
        networks = {'network_name', 'networks', 'extra_host_config', 'extra_task_spec', 'extra_create_kwargs'}
        if not networks & set(self.by_name):
            statements.tell(
                statement, f'no network is named here; hub and servers need one: {root}.SwarmSpawner.networks = [...]'
            )

    def defaults(self, statement, root):
        """Returns statements for what the old spawner did by default and ours does not."""
        use = Default(root, statement)
        lines = []
        image_names = {'ucphhpc': 'images'}
        if image_names.get(self.old, 'image') not in self.by_name and not self.names_image():
            version = '.'.join(jupyterhub.__version__.split('.')[:2])
            image = IMAGES.get(self.old, f'quay.io/jupyterhub/singleuser:{version}')
            lines.append(self.plan.put(use, 'container_spec', [('image', repr(image))]))
        has_url = ast.unparse(self.code.tree).find('hub_connect_') >= 0 if self.old == 'ucphhpc' else True
        if not has_url and 'jupyterhub_service_name' not in self.by_name:
            lines.append(self.plan.assign(use, 'jupyterhub_service_name', "'jupyterhub'"))
        if self.old == 'systemuser' and 'host_homedir_format_string' not in self.by_name:
            home = "'/home/{raw_username}'"
            mount = f"[{{'type': 'bind', 'source': {home}, 'target': {home}}}]"
            lines.append(self.plan.extend(use, 'mounts', mount))
        return lines

    def names_image(self):
        for name in ('extra_container_spec', 'extra_create_kwargs'):
            for use in self.by_name.get(name, []):
                if 'image' in dict(self.plan.values.pairs(use.value) or ()):
                    return True
        return False

    def decide_use(self, use, statements):
        reason = self.unread(use)
        if use.section == 'KubeSpawner' and use.kind != 'read':
            reason = of_kubespawner(use, self.plan)
        if reason and use.kind in ('assign', 'item', 'call'):
            statements.tell(use.statement, reason)
            statements.comment_out(use.statement)
        elif is_own(use, self.old):
            self.decide_own(use, statements)
        elif use.kind == 'read':
            if canonical(use) not in READS:
                statements.tell(use.statement, f'{label(use)} is read here, and nothing sets it any more')
        elif use.kind == 'change':
            if isinstance(use.statement, ast.Delete) and len(use.statement.targets) == 1:
                statements.comment_out(use.statement)
            statements.tell(use.statement, f'{label(use)} is not a setting here, and this change of it is not plain')
        else:
            self.apply(use, statements)

    def unread(self, use):
        """Returns why the old spawner did not use the value that a statement sets, or None."""
        if use.section is None:
            return None
        read = self.sections()
        if read and use.section not in read and use.section in ('DockerSpawner', 'SystemUserSpawner', 'SwarmSpawner'):
            return f'the old spawner did not read {use.root}.{use.section}'
        uses = self.by_name[canonical(use)]
        plain = [other for other in uses if other.kind == 'assign' and other.is_always and other is not use]
        ranks = {section: rank for rank, section in enumerate(read or SECTIONS['swarm'])}
        if use.kind != 'assign' or (is_own(use) and use.section == 'Spawner'):
            return None
        for other in plain:
            if is_own(other) and other.section == 'Spawner':
                continue
            if ranks.get(other.section, 9) > ranks.get(use.section, 9):
                return f'{label(other)} took the place of this'
            is_later = other.node.lineno > use.node.lineno and other.section == use.section
            if is_later and use.is_always and not is_own(use) and not self.is_changed_between(use, other):
                return 'a later line took the place of this'
        return None

    def is_changed_between(self, first, last):
        lines = range(first.node.lineno, last.node.lineno)
        return any(use.kind == 'read' and use.node.lineno in lines for use in self.by_name[canonical(first)])

    def sections(self):
        return SECTIONS.get(self.old)

    def decide_own(self, use, statements):
        if use.name == 'tls_config' and self.old not in ('ours', None):
            statements.tell(use.statement, no_effect('tls_config'))
            statements.comment_out(use.statement)
        elif use.name in ('mem_limit', 'cpu_limit') and use.kind == 'assign' and self.is_function(use.value):
            text = self.plan.values.text(use.value)
            statements.tell(
                use.statement,
                f'{label(use)} cannot be a function; in pre_spawn_hook, write spawner.{use.name} = ({text})(spawner)',
            )
            statements.comment_out(use.statement)
        elif use.kind == 'assign' and use.name in SHARED and use.section is not None:
            self.share(use, statements)
        if use.name == 'args' and self.old in ('docker', 'swarm', 'systemuser') and 'cmd' not in self.by_name:
            statements.tell(
                use.statement,
                "the old spawner put these after the image's own command; without cmd, here they follow jupyterhub-singleuser",
            )

    def share(self, use, statements):
        """A setting of ours that other lines add to must not replace what they added."""
        self.plan.feed(use, use.name)
        changes = spec_edits(self.plan, use) if self.old == 'ucphhpc' else []
        is_shared = self.plan.is_final and self.plan.is_shared(use.name)
        if not is_shared and not changes:
            return
        code = self.code
        target = code.changed(code.start(use.node), code.end(use.node))
        start = code.outer_start(use.value)
        value = code.changed(start, self.plan.values.outer_end(use.value, start), changes)
        method = 'update' if SHARED[use.name] is dict else 'extend'
        statements.replace(use.statement, [f'{target}.{method}({value})' if is_shared else f'{target} = {value}'])

    def is_function(self, node):
        if isinstance(node, ast.Lambda):
            return True
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        return isinstance(node, ast.Name) and any(
            isinstance(part, functions) and part.name == node.id for part in self.code.tree.body
        )

    def apply(self, use, statements):
        table, name = entry(use.name, self.old) or (None, None)
        rule = RULES[table].get(use.name) if table in RULES else None
        note = COMMENTS[table].get(use.name) if table in COMMENTS else None
        if rule or note:
            self.plan.values.missing.clear()
            result = (rule or note)(use, self.plan)
            notes = list(result.notes)
            notes += [f'{{{word}}} has no equal in mounts' for word in sorted(self.plan.values.missing)]
            if result.lines and '{server_name}' in ' '.join(result.lines):
                notes.append("{server_name} is 1 for the default server, where the old spawner's {servername} was empty")
            self.finish(use, statements, result.lines, notes)
        else:
            self.finish(use, statements, [], [self.why(use, table)])

    def finish(self, use, statements, lines, notes):
        for line in notes:
            statements.tell(use.statement, line)
        if lines:
            statements.replace(use.statement, lines)
        else:
            statements.comment_out(use.statement)

    def why(self, use, table):
        """Returns why nothing takes a setting's place, or what an admin has to write."""
        prefix = self.plan.prefix(use)
        if use.name in INNER and use.section is None:
            return f'{label(use)} is something of the old spawner, which nothing here has'
        if table is None:
            [close] = difflib.get_close_matches(use.name, OWN, 1, 0.7) or [None]
            return f'no spawner has a setting {use.name}' + (f'; is it {prefix}{close}?' if close else '')
        if use.name in OTHER_SPAWNERS[table]['no_effect']:
            return no_effect(use.name, table)
        return replacement(prefix, *OTHER_SPAWNERS[table]['instead'][use.name])

    def decide_chain(self, statement, statements):
        """`a = c.X.y = value`: names keep the value, and each setting gets a statement of its own."""
        uses = [use for use in self.uses if use.statement is statement and use.kind == 'assign']
        nodes = {use.node for use in uses}
        others = [target for target in statement.targets if target not in nodes]
        if all(is_own(use, self.old) and use.section != 'DockerSpawner' for use in uses):
            return
        if not all(isinstance(target, ast.Name) for target in others):
            statements.tell(statement, 'several things are set here at once; write a line for each')
            return
        code = self.code
        if others:
            names = ' = '.join(target.id for target in others)
            statements.replace(statement, [f'{names} = {self.plan.values.text(statement.value)}'])
        for use in uses:
            use.value = others[0] if others else statement.value
            if is_own(use, self.old):
                target = code.changed(code.start(use.node), code.end(use.node))
                statements.replace(statement, [f'{target} = {self.plan.values.text(use.value)}'])
            else:
                self.apply(use, statements)
        if statements.lines.get(statement):
            statements.gone.discard(statement)

    def decide_methods(self, statements):
        """Methods of the old spawner that a class here replaces: nothing calls them."""
        for name in self.classes:
            for node in self.module.classes[name].body:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in INNER:
                    statements.tell(node, f'nothing here calls {node.name}')


class Default:
    """A use of a setting that stands in no line."""

    kind, section, name, value, key, method = 'call', 'SwarmSpawner', '(default)', None, None, None

    def __init__(self, root, statement):
        self.root, self.statement = root, statement


def outside(edits, spans):
    """Returns the edits that lie in none of the spans, which are sorted."""
    starts = [start for start, _ in spans]
    for edit in edits:
        index = bisect.bisect_right(starts, edit[0]) - 1
        if index < 0 or edit[0] >= spans[index][1]:
            yield edit


def canonical(use):
    return ALIASES.get(use.name, use.name)


def is_own(use, old=None):
    """Tells whether a setting is one of ours, with the same meaning."""
    if use.name == 'mounts' and old in ('docker', 'swarm', 'systemuser', None):
        return False
    return use.name in OWN


def label(use):
    return f'{use.root}.{use.section}.{use.name}' if use.section else f'{use.root}.{use.name}'


def entry(name, old):
    """Returns the spawner of the table that has a setting of a name, and whether it is in `instead` or `no_effect`."""
    first = TABLES.get(old, 'dockerspawner')
    for spawner in sorted(OTHER_SPAWNERS, key=lambda spawner: spawner != first):
        for kind in ('no_effect', 'instead'):
            if name in OTHER_SPAWNERS[spawner][kind]:
                return spawner, kind
    return None


def of_kubespawner(use, plan):
    table = OTHER_SPAWNERS['kubespawner']
    if use.name in table['no_effect']:
        return no_effect(use.name, 'kubespawner')
    prefix = plan.prefix(use)
    known = table['instead'].get(use.name) or ((use.name, '') if use.name in OWN else ('', 'nothing here is like it'))
    return replacement(prefix, *known)


def no_effect(name, table='dockerspawner'):
    return f'it has no effect: {OTHER_SPAWNERS[table]["no_effect"][name]}'
