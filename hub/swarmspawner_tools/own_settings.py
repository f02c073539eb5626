"""Settings that we have too, and whose value or meaning is another one here."""

import ast

from .names import canonical, label, said_of, table_of
from .rules import FORMATTED, SHARED
from .ucphhpc_rules import image_has, spec_edits, unknown_words
from .uses import constant
from .values import Values

DOCKERSPAWNER = 'docker', 'swarm', 'systemuser'


def decide_own(use, old, plan, statements):
    statement = use.statement
    is_set = use.kind == 'assign'
    if use.name == 'tls_config' and old.kind not in ('ours', None):
        comment_out(use, said_of('tls_config', 'dockerspawner', ''), statements)
    elif use.name in ('mem_limit', 'cpu_limit') and is_set and is_function(use.value, old.module):
        comment_out(use, f'{label(use)} cannot be a function; {called_by_hook(use, plan)}', statements)
    elif use.name in FORMATTED and is_set and old.kind in DOCKERSPAWNER:
        format_words(use, old, statements)
    elif is_set and use.section is not None and old.kind == 'ucphhpc' and image_has(use, plan):
        comment_out(use, f'{use.name} of the first image took the place of this', statements)
    elif is_set and use.section is not None and use.name in SHARED:
        share(use, old, plan, statements)
    elif use.name == 'allowed_images' and is_set and old.kind in DOCKERSPAWNER:
        if constant(use.value, old.module) == '*':
            comment_out(use, 'every image: write options_form and use_user_options; the policy limits them', statements)
        else:
            statements.tell(
                statement, 'users who choose nothing get the first of these images, and not `image`'
            )
    elif use.name == 'group_overrides':
        tell_of_groups(use, old, statements)
    if use.name in ('cpu_guarantee', 'mem_guarantee') and old.kind in ('docker', 'systemuser'):
        statements.tell(
            statement, 'DockerSpawner reserved nothing; here a server waits for a node that has so much left'
        )
    if use.name == 'args' and old.kind in DOCKERSPAWNER and 'cmd' not in old.by_name:
        said = "the old spawner put these after the image's own command"
        statements.tell(statement, f'{said}; without cmd, here they follow jupyterhub-singleuser')


def comment_out(use, reason, statements):
    statements.tell(use.statement, reason)
    statements.comment_out(use.statement)


def is_function(node, module):
    return isinstance(node, ast.Lambda) or (isinstance(node, ast.Name) and node.id in module.functions)


def called_by_hook(use, plan):
    """Has the hook at the end of the file call a limit, and returns a sentence that says so."""
    text = plan.values.text(use.value)
    text = text if isinstance(use.value, ast.Name) else f'({text})'
    if plan.end.limit(use, text):
        return 'the hook at the end of this file calls it'
    return f'in pre_spawn_hook, write spawner.{use.name} = {text}(spawner)'


def share(use, old, plan, statements):
    """A setting that other lines add to must not replace what they added."""
    code = old.code
    plan.feed(use, use.name)
    changes = spec_edits(plan, use) if old.kind == 'ucphhpc' else []
    start = code.outer_start(use.value)
    value = code.changed(start, plan.values.outer_end(use.value, start), changes)
    if old.kind == 'ucphhpc':
        statements.tell(use.statement, *unknown_words(plan, [value]))
    target = code.changed(code.start(use.node), code.end(use.node))
    if plan.is_final and plan.is_shared(use.name):
        method = 'update' if SHARED[use.name] is dict else 'extend'
        statements.replace(use.statement, [f'{target}.{method}({value})'])
    elif changes:
        statements.replace(use.statement, [f'{target} = {value}'])


def format_words(use, old, statements):
    """notebook_dir and default_url: JupyterHub fills in other words than dockerspawner does."""
    code = old.code
    values = Values(code, old.module, {'raw_username': '{username}', 'username': '{username}'})
    start = code.outer_start(use.value)
    end = values.outer_end(use.value, start)
    if any('{username}' in token.string for token in code.tokens_in(start, end)):
        said = '{username} is the user name itself here'
        statements.tell(use.statement, f'{said}; the old spawner wrote it as {{escaped_username}} does')
    edits = list(values.edits(start, end))
    if edits:
        text = code.changed(code.start(use.statement), code.end(use.statement), edits)
        statements.replace(use.statement, [text])
    statements.tell(use.statement, *(f'{{{word}}} has no equal in {use.name}' for word in sorted(values.missing)))


def tell_of_groups(use, old, statements):
    """Settings of the old spawner in group_overrides."""
    parts = ast.walk(use.value) if use.value is not None else ()
    keys = [
        key.value for part in parts if isinstance(part, ast.Dict) for key in part.keys if isinstance(key, ast.Constant)
    ]
    for name in dict.fromkeys(key for key in keys if isinstance(key, str)):
        table = table_of(name, old.kind)
        if table and name != 'mounts' and canonical(use) != name:
            statements.tell(use.statement, f'{name} in group_overrides: {said_of(name, table, "")}')
