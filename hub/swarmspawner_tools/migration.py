"""One configuration on its way: what becomes of each of its statements."""

import ast
import bisect
import difflib
import functools

import jupyterhub
from jupyterhub.spawner import Spawner
from swarmspawner import OTHER_SPAWNERS, SwarmSpawner, replacement

from .always import differences
from .comments import Statements
from .docker_types import edits_of_types, imported_names
from .end_hook import EndHook
from .plan import MAX_REPEATED, Plan
from .rewrite import replaced
from .rules import COMMENTS, FORMATTED, READS, RULES, SHARED
from .spawner_class import (
    KINDS,
    SECTIONS,
    TABLES,
    assignments_of_class,
    classes_of,
    name_of_class,
    old_kind,
)
from .ucphhpc_rules import image_has, spec_edits, unknown_words
from .uses import constant, find_sections, find_uses, read_module, statement_of
from .values import Values

OURS = "'swarmspawner.SwarmSpawner'"
# Settings of ours that no spawner had before: a file with them was changed already.
NEW = frozenset(name for name in SwarmSpawner.class_trait_names(config=True) if name.startswith('service_'))
OWN = frozenset(SwarmSpawner.class_trait_names(config=True))
# Settings of ours that the old spawner did not have, so that it did not read them.
OURS_ALONE = OWN - frozenset(Spawner.class_trait_names(config=True))
UCPHHPC = (
    'container_spec jupyterhub_service_name log_driver networks placement resource_spec service_image service_port '
    'service_prefix tls_config use_user_options'.split()
)
SWARM_ALONE = frozenset(
    'extra_container_spec extra_endpoint_spec extra_placement_spec extra_resources_spec extra_task_spec volume_driver '
    'volume_driver_options'.split()
)
SYSTEM_ALONE = frozenset(
    'group_id homedir_bind_propagation host_homedir_format_string image_homedir_format_string run_as_root user_id'.split()
)
REWRITTEN = frozenset(name for rules in RULES.values() for name in rules)
NEVER = {
    'docker': OURS_ALONE - {'mounts', 'tls_config'} | SWARM_ALONE | SYSTEM_ALONE,
    'swarm': OURS_ALONE - {'mounts', 'tls_config'} | SYSTEM_ALONE,
    'systemuser': OURS_ALONE - {'mounts', 'tls_config'} | SWARM_ALONE,
    'ucphhpc': OURS_ALONE - frozenset(UCPHHPC),
}
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

    def __init__(self, code, is_before_12=False):
        self.code, self.is_before_12 = code, is_before_12
        self.module = read_module(code.tree, imported_names(code.tree))
        self.classes = classes_of(self.module)
        self.old = old_kind(code.tree, self.module, self.classes)
        self.uses = find_uses(code.tree, self.module, self.classes)
        self.assignments = list(assignments_of_class(code.tree, self.module))
        self.by_name = {}
        for use in self.uses:
            if use.section is not None:
                self.by_name.setdefault(canonical(use), []).append(use)
        self.of_statement = {}
        for use in self.uses:
            self.of_statement.setdefault(use.statement, []).append(use)
        self.only, self.best, self.latest, self.read_lines = {}, {}, {}, {}
        self.index_uses()
        self.plan = Plan(Values(code, self.module, self.words()), self.old, self.by_name)
        self.plan.end = EndHook(self.plan, self.by_name, self.module)

    def index_uses(self):
        """Notes what the statements of a setting mean for each other, so that no statement has to look at all others."""
        ranks = {section: rank for rank, section in enumerate(self.sections() or SECTIONS['swarm'])}
        for name, uses in self.by_name.items():
            assigned = [use for use in uses if use.kind == 'assign']
            self.only[name] = assigned[0] if len(assigned) == 1 else None
            self.read_lines[name] = [use.node.lineno for use in uses if use.kind == 'read']
            for use in assigned:
                is_read = use.section in ranks or use.section not in KNOWN
                if use.is_always and is_read and not (is_own(use) and use.section == 'Spawner'):
                    self.latest[name, use.section] = use
                    if ranks.get(use.section, 9) >= self.best.get(name, (-1,))[0]:
                        self.best[name] = ranks.get(use.section, 9), use

    def words(self):
        """Returns what each placeholder of the old spawner is here; None: nothing."""
        if self.old == 'ucphhpc':
            uses = self.by_name.get('user_format_attributes', [])
            has_name = any(isinstance(part, ast.Constant) and part.value == 'name' for use in uses for part in walk(use.value))
            return {'name': '{raw_username}'} if has_name else {}
        escape = [use.value for use in self.by_name.get('escape', []) if use.kind == 'assign']
        said = constant(escape[-1], self.module) if escape else None
        is_legacy = said == 'legacy' or (not escape and self.is_before_12)
        name = '{legacy_escaped_username}' if is_legacy else '{escaped_username}'
        if self.old == 'cassiny':
            return {'username': '{username}'}
        prefix = [use.value for use in self.by_name.get('prefix', []) if use.kind == 'assign']
        return {
            'username': name,
            'safe_username': name,
            'raw_username': '{raw_username}',
            'servername': '{escaped_server_name}',
            'prefix': constant(prefix[-1], self.module) if prefix else 'jupyter',
        }

    def text(self):
        kept, told = edits_of_types(self.code, self.module.names)
        kept += [*self.renames(), *self.reads(), *self.bases(), *self.spawner_class()]
        self.code.keep(kept)
        # Twice: only afterwards it is known which old settings become parts of the same setting.
        self.decide()
        self.plan.is_final = True
        self.plan.end.forget()
        statements = self.decide()
        for node, sentence in told:
            statements.tell(statement_of(node, self.module.parents), sentence)
        gone = sorted((self.code.start(statement), self.code.end(statement)) for statement in statements.gone)
        text = replaced(self.code.text, [*outside(kept, gone), *statements.edits()])
        end = self.plan.end.text(self.root(), self.code.newline)
        is_open = end and not text.endswith(('\n', '\r'))
        return text + (self.code.newline if is_open else '') + end

    def root(self):
        roots = [use.root for use in self.uses if use.section is not None]
        return roots[0] if roots else 'c'

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
            text = self.read_as(use)
            if text is not None:
                yield self.code.start(use.node), self.code.end(use.node), text

    def read_as(self, use):
        """Returns what an old setting that is read becomes, or None if nothing holds the same value."""
        name = canonical(use)
        said = ast.unparse(use.node)
        if use.kind != 'read' or is_own(use) or name not in READS or self.code.of(use.node) != said:
            return None
        if use.section is None or '[' not in READS[name]:
            return self.plan.prefix(use) + READS[name]
        # A setting of the configuration that has no value yet has no items. So what is set is written once more.
        only = self.only.get(name)
        if not only or not only.is_always or only.node.lineno >= use.node.lineno:
            return None
        text = self.code.of(only.value)
        if len(text) > MAX_REPEATED:
            return None
        return text if isinstance(only.value, (ast.Constant, ast.Name)) else f'({text})'

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
        self.decide_sections(statements)
        for statement, lines in statements.lines.items():
            if not any('.escaped_name' in line for line in lines):
                statements.forget(statement, '.escaped_name is read here')
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
        if self.assignments:
            self.tell_always(self.assignments[0][0], statements)
        if not self.assignments or self.old in (None, 'ours', 'cassiny'):
            return
        statement, root = self.assignments[0]
        more = self.defaults(statement, root)
        if more:
            text = self.code.changed(self.code.start(statement), self.code.end(statement))
            statements.replace(statement, [text, *more])
            statements.tell(statement, 'the lines below are what the old spawner did without being told')
        statements.tell(statement, *self.containers())
        networks = {'network_name', 'networks', 'extra_host_config', 'extra_task_spec', 'extra_create_kwargs'}
        if not networks & set(self.by_name):
            statements.tell(
                statement, f'no network is named here; hub and servers need one: {root}.SwarmSpawner.networks = [...]'
            )

    def tell_always(self, statement, statements):
        statements.tell(statement, *(f'for every server: {sentence}' for sentence in differences(self.plan)))

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
        if self.old == 'systemuser':
            roots = [use.value for use in self.by_name.get('run_as_root', []) if use.kind == 'assign']
            self.plan.end.system_user(bool(roots) and constant(roots[-1], self.module) is True)
        return lines

    def containers(self):
        """Returns a note if the old spawner kept what its containers hold."""
        if self.old not in ('docker', 'systemuser'):
            return []
        removes = [*self.by_name.get('remove', []), *self.by_name.get('remove_containers', [])]
        if any(constant(use.value, self.module) is True for use in removes if use.kind == 'assign'):
            return []
        return [
            'the old spawner kept the containers of servers that were stopped; here, only what is in a mount stays. '
            'The old containers are still there, until you remove them'
        ]

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
            if self.read_as(use) is None:
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
        is_new = use.name in NEW
        if use.name in NEVER.get(self.old, ()) and not is_new:
            effect = '; here it would have an effect' if use.name in OWN else ', so it had no effect'
            return f'the old spawner had no setting {use.name}{effect}'
        if read and not is_new and use.section not in read and use.section in KNOWN - {'KubeSpawner'}:
            return f'the old spawner did not read {use.root}.{use.section}'
        name = canonical(use)
        if use.kind != 'assign' or (is_own(use) and use.section == 'Spawner'):
            return None
        ranks = {section: rank for rank, section in enumerate(read or SECTIONS['swarm'])}
        rank, best = self.best.get(name, (-1, None))
        if rank > ranks.get(use.section, 9):
            return f'{label(best)} took the place of this'
        latest = self.latest.get((name, use.section), use)
        if use.is_always and latest.node.lineno > use.node.lineno and name in REWRITTEN:
            lines = self.read_lines[name]
            first = bisect.bisect_left(lines, use.node.lineno)
            if first == len(lines) or lines[first] >= latest.node.lineno:
                return 'a later line took the place of this'
        return None

    def sections(self):
        return SECTIONS.get(self.old)

    def decide_own(self, use, statements):
        if use.name == 'tls_config' and self.old not in ('ours', None):
            statements.tell(use.statement, no_effect('tls_config'))
            statements.comment_out(use.statement)
        elif use.name in ('mem_limit', 'cpu_limit') and use.kind == 'assign' and self.is_function(use.value):
            text = self.plan.values.text(use.value)
            text = text if isinstance(use.value, ast.Name) else f'({text})'
            where = 'the hook at the end of this file calls it'
            if not self.plan.end.limit(use, text):
                where = f'in pre_spawn_hook, write spawner.{use.name} = {text}(spawner)'
            statements.tell(use.statement, f'{label(use)} cannot be a function; {where}')
            statements.comment_out(use.statement)
        elif use.name in FORMATTED and use.value is not None and use.kind == 'assign':
            self.format(use, statements)
        elif use.kind == 'assign' and use.section is not None and self.old == 'ucphhpc' and image_has(use, self.plan):
            statements.tell(use.statement, f"{use.name} of the first image took the place of this")
            statements.comment_out(use.statement)
        elif use.kind == 'assign' and use.name in SHARED and use.section is not None:
            self.share(use, statements)
        if use.name in ('cpu_guarantee', 'mem_guarantee') and self.old in ('docker', 'systemuser'):
            statements.tell(
                use.statement, 'DockerSpawner reserved nothing; here a server waits for a node that has so much left'
            )
        if use.name == 'args' and self.old in ('docker', 'swarm', 'systemuser') and 'cmd' not in self.by_name:
            statements.tell(
                use.statement,
                "the old spawner put these after the image's own command; without cmd, here they follow jupyterhub-singleuser",
            )

    def share(self, use, statements):
        """A setting of ours that other lines add to must not replace what they added."""
        self.plan.feed(use, use.name)
        changes = spec_edits(self.plan, use) if self.old == 'ucphhpc' else []
        if self.old == 'ucphhpc':
            text = self.code.changed(self.code.start(use.value), self.code.end(use.value), changes)
            for note in unknown_words(self.plan, [text]):
                statements.tell(use.statement, note)
        is_shared = self.plan.is_final and self.plan.is_shared(use.name)
        if not is_shared and not changes:
            return
        code = self.code
        target = code.changed(code.start(use.node), code.end(use.node))
        start = code.outer_start(use.value)
        value = code.changed(start, self.plan.values.outer_end(use.value, start), changes)
        method = 'update' if SHARED[use.name] is dict else 'extend'
        statements.replace(use.statement, [f'{target}.{method}({value})' if is_shared else f'{target} = {value}'])

    def format(self, use, statements):
        """notebook_dir and default_url: JupyterHub fills in other words than dockerspawner does."""
        if self.old not in ('docker', 'swarm', 'systemuser'):
            return
        code, values = self.code, Values(self.code, self.module, {'raw_username': '{username}', 'username': '{username}'})
        start = code.outer_start(use.value)
        end = values.outer_end(use.value, start)
        if any('{username}' in token.string for token in code.tokens_in(start, end)):
            statements.tell(
                use.statement, '{username} is the user name itself here; the old spawner wrote it as {escaped_username} does'
            )
        edits = list(values.edits(start, end))
        if edits:
            first = code.start(use.statement)
            text = code.changed(first, code.end(use.statement), edits)
            statements.replace(use.statement, [text])
        for word in sorted(values.missing):
            statements.tell(use.statement, f'{{{word}}} has no equal in {use.name}')

    def is_function(self, node):
        return isinstance(node, ast.Lambda) or (isinstance(node, ast.Name) and node.id in self.module.functions)

    def apply(self, use, statements):
        table, _ = entry(use.name, self.old) or (None, None)
        rule = RULES[table].get(use.name) if table in RULES else None
        note = COMMENTS[table].get(use.name) if table in COMMENTS else None
        if rule or note:
            self.plan.values.missing.clear()
            result = (rule or note)(use, self.plan)
            notes = list(result.notes)
            notes += [f'{{{word}}} has no equal in mounts' for word in sorted(self.plan.values.missing)]
            notes += unknown_words(self.plan, result.lines) if self.old == 'ucphhpc' else []
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
            close = close_to(use.name)
            return f'no spawner has a setting {use.name}' + (f'; is it {prefix}{close}?' if close else '')
        if use.name in OTHER_SPAWNERS[table]['no_effect']:
            return no_effect(use.name, table)
        return replacement(prefix, *OTHER_SPAWNERS[table]['instead'][use.name])

    def decide_chain(self, statement, statements):
        """`a = c.X.y = value`: names keep the value, and each setting gets a statement of its own."""
        uses = [use for use in self.of_statement[statement] if use.kind == 'assign']
        nodes = {use.node for use in uses}
        others = [target for target in statement.targets if target not in nodes]
        if all(is_own(use, self.old) for use in uses):
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

    def decide_sections(self, statements):
        """`c['DockerSpawner']`, `d = c.DockerSpawner` and the like: which settings they reach is not written there."""
        for node, name in find_sections(self.code.tree, self.module, self.module.parents):
            if name in ('DockerSpawner', 'SystemUserSpawner') or (name in KNOWN and self.old in ('swarm', 'ucphhpc')):
                said = f'the settings of {name} that are set here are not rewritten; write a line such as c.{name}.image = ... for each'
                statements.tell(statement_of(node, self.module.parents), said)

    def decide_methods(self, statements):
        """Methods of the old spawner that a class here replaces: nothing calls them."""
        for name in self.classes:
            for node in self.module.classes[name].body:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in INNER:
                    statements.tell(node, f'nothing here calls {node.name}')
                for target in node.targets if isinstance(node, ast.Assign) else ():
                    known = entry(target.id, self.old) if isinstance(target, ast.Name) else None
                    if known and not (target.id in OWN):
                        self.tell_of_attribute(node, target.id, known[0], statements)

    def tell_of_attribute(self, node, name, table, statements):
        """An attribute of a class that is a setting of the old spawner."""
        if name in OTHER_SPAWNERS[table]['no_effect']:
            statements.tell(node, no_effect(name, table))
        else:
            said = replacement(f'{self.root()}.SwarmSpawner.', *OTHER_SPAWNERS[table]['instead'][name])
            statements.tell(node, f'{name} is not a setting here; {said}')


class Default:
    """A use of a setting that stands in no line."""

    kind, section, name, value, key, method = 'assign', 'SwarmSpawner', '(default)', None, None, None

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


def walk(node):
    return ast.walk(node) if node is not None else ()


def is_own(use, old=None):
    """Tells whether a setting is one of ours, with the same meaning."""
    if use.name == 'mounts' and (old in ('docker', 'swarm', 'systemuser') or use.section == 'DockerSpawner'):
        return False
    return use.name in OWN


def label(use):
    return f'{use.root}.{use.section}.{use.name}' if use.section else f'{use.root}.{use.name}'


@functools.lru_cache(4096)
def entry(name, old):
    """Returns the spawner of the table that has a setting of a name, and whether it is in `instead` or `no_effect`."""
    first = TABLES.get(old, 'dockerspawner')
    if name == 'mounts':
        # dockerspawner's. It has the name of ours, so the table has no line for it.
        return 'dockerspawner', 'instead'
    for spawner in sorted(OTHER_SPAWNERS, key=lambda spawner: spawner != first):
        for kind in ('no_effect', 'instead'):
            if name in OTHER_SPAWNERS[spawner][kind]:
                return spawner, kind
    return None


@functools.lru_cache(256)
def close_to(name):
    # Nobody mistypes a setting as a text of more than a hundred characters.
    return next(iter(difflib.get_close_matches(name[:100], OWN, 1, 0.7)), None)


def of_kubespawner(use, plan):
    table = OTHER_SPAWNERS['kubespawner']
    if use.name in table['no_effect']:
        return no_effect(use.name, 'kubespawner')
    prefix = plan.prefix(use)
    known = table['instead'].get(use.name) or ((use.name, '') if use.name in OWN else ('', 'nothing here is like it'))
    return replacement(prefix, *known)


def no_effect(name, table='dockerspawner'):
    return f'it has no effect: {OTHER_SPAWNERS[table]["no_effect"][name]}'
