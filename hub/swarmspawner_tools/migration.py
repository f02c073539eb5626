"""One configuration on its way: what becomes of each of its statements."""

import ast
import bisect

from .class_statement import decide_class
from .comments import Statements
from .docker_types import edits_of_types
from .end_hook import EndHook
from .names import INNER, KNOWN, OWN, is_own, label, of_kubespawner, said_of, table_of, why_comment
from .old_file import OldFile
from .own_settings import comment_out, decide_own
from .plan import Plan
from .rewrite import nodes, replaced
from .rules import COMMENTS, RULES
from .small_edits import read_as, small_edits
from .ucphhpc_rules import unknown_words
from .uses import find_sections, statement_of
from .values import Values


def migrated_text(code, is_before_12=False):
    """Returns the text of the new configuration."""
    old = OldFile(code, is_before_12)
    plan = Plan(Values(code, old.module, old.words()), old.kind, old.by_name)
    plan.end = EndHook(plan, old.by_name)
    kept, told = edits_of_types(code, old.module.names)
    kept += small_edits(old, plan)
    code.keep(kept)
    # Twice: only afterwards it is known which old settings become parts of the same setting.
    decide(old, plan)
    plan.is_final = True
    plan.end.forget()
    statements = decide(old, plan)
    for node, sentence in told:
        statement = statement_of(node, old.module.parents)
        if statement not in statements.gone:
            statements.tell(statement, sentence)
    gone = sorted((code.start(statement), code.end(statement)) for statement in statements.gone)
    text = replaced(code.text, [*outside(kept, gone), *statements.edits()])
    end = plan.end.text(old.root, code.newline)
    is_open = end and not text.endswith(('\n', '\r'))
    return text + (code.newline if is_open else '') + end


def outside(edits, spans):
    """Returns the edits that lie in none of the spans, which are sorted."""
    starts = [start for start, _ in spans]
    for edit in edits:
        index = bisect.bisect_right(starts, edit[0]) - 1
        if index < 0 or edit[0] >= spans[index][1]:
            yield edit


def decide(old, plan):
    """Returns what becomes of the statements."""
    statements = Statements(old.code, old.module.parents)
    decide_class(old, plan, statements)
    chains = set()
    for use in old.uses:
        if not concerns(use, old) or use.statement in chains:
            continue
        if use.is_lone:
            decide_use(use, old, plan, statements)
        else:
            chains.add(use.statement)
            decide_chain(use.statement, old, plan, statements)
    tell_of_classes(old, statements)
    tell_of_sections(old, statements)
    for statement, lines in statements.lines.items():
        # Where a mount has the name of the user, a placeholder took its place.
        if not any('.escaped_name' in line for line in lines):
            statements.forget(statement, '.escaped_name is read here')
    return statements


def concerns(use, old):
    """Tells whether something has to be done about a use."""
    if use.section is None:
        return not is_own(use, old.kind) and (table_of(use.name, old.kind) or use.name in INNER)
    # The sections of a spawner that wraps others, or of none that is known, are left to it.
    return use.section in KNOWN or use.section in old.classes


def decide_use(use, old, plan, statements):
    statement = use.statement
    reason = old.unread(use)
    if use.section == 'KubeSpawner' and use.kind != 'read':
        reason = of_kubespawner(use, plan.prefix(use))
    if reason and use.kind in ('assign', 'item', 'call'):
        comment_out(use, reason, statements)
    elif is_own(use, old.kind):
        decide_own(use, old, plan, statements)
    elif use.kind == 'read':
        if read_as(use, old, plan) is None:
            statements.tell(statement, f'{label(use)} is read here, and nothing sets it any more')
    elif use.kind == 'change':
        statements.tell(statement, f'{label(use)} is not a setting here, and this change of it is not plain')
        if isinstance(statement, ast.Delete) and len(statement.targets) == 1:
            statements.comment_out(statement)
    else:
        apply_rule(use, old, plan, statements)


def apply_rule(use, old, plan, statements):
    """Has the rule of an old setting rewrite a statement, or makes it a comment."""
    table = table_of(use.name, old.kind)
    rule = RULES.get(table, {}).get(use.name) or COMMENTS.get(table, {}).get(use.name)
    if rule is None:
        comment_out(use, why_comment(use, old.kind, plan.prefix(use)), statements)
        return
    plan.values.missing.clear()
    result = rule(use, plan)
    statements.tell(use.statement, *result.notes)
    statements.tell(use.statement, *(f'{{{word}}} has no equal in mounts' for word in sorted(plan.values.missing)))
    if old.kind == 'ucphhpc':
        statements.tell(use.statement, *unknown_words(plan, result.lines))
    if result.lines:
        statements.replace(use.statement, result.lines)
    else:
        statements.comment_out(use.statement)


def decide_chain(statement, old, plan, statements):
    """`a = c.X.y = value`: names keep the value, and each setting gets a statement of its own."""
    uses = [use for use in old.of_statement[statement] if use.kind == 'assign']
    nodes = {use.node for use in uses}
    others = [target for target in statement.targets if target not in nodes]
    if all(is_own(use, old.kind) for use in uses):
        return
    if not all(isinstance(target, ast.Name) for target in others):
        statements.tell(statement, 'several things are set here at once; write a line for each')
        return
    if others:
        names = ' = '.join(target.id for target in others)
        statements.replace(statement, [f'{names} = {plan.values.text(statement.value)}'])
    for use in uses:
        use.value = others[0] if others else statement.value
        if is_own(use, old.kind):
            target = old.code.changed(old.code.start(use.node), old.code.end(use.node))
            statements.replace(statement, [f'{target} = {plan.values.text(use.value)}'])
        else:
            apply_rule(use, old, plan, statements)
    if statements.lines.get(statement):
        statements.gone.discard(statement)


def tell_of_sections(old, statements):
    """`c['DockerSpawner']`, `d = c.DockerSpawner` and the like: which settings they reach is not written there."""
    for node, name in find_sections(old.code.tree, old.module):
        is_read = name in KNOWN and old.kind in ('swarm', 'ucphhpc')
        if name in ('DockerSpawner', 'SystemUserSpawner') or is_read:
            said = f'the settings of {name} that are set here are not rewritten'
            statements.tell(statement_of(node, old.module.parents), f'{said}; write c.{name}.image = ... and so on')
    for node in nodes(old.code.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'load_subconfig':
            statements.tell(statement_of(node, old.module.parents), 'run migrate on that file, too')


def tell_of_classes(old, statements):
    """Methods and attributes of classes in the file that only the old spawner uses."""
    for name in old.classes:
        for node in old.module.classes[name].body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in INNER:
                statements.tell(node, f'nothing here calls {node.name}')
            names = [target.id for target in getattr(node, 'targets', ()) if isinstance(target, ast.Name)]
            for attribute in names if isinstance(node, ast.Assign) else ():
                table = table_of(attribute, old.kind)
                if table and attribute not in OWN:
                    said = said_of(attribute, table, f'{old.root}.SwarmSpawner.')
                    statements.tell(node, f'{attribute} is not a setting here; {said}')
