"""What stands at `c.JupyterHub.spawner_class`: what the old spawner did by default, and what differs everywhere."""

import ast

import jupyterhub

from .always import differences
from .rewrite import nodes
from .spawner_class import KINDS, OURS
from .uses import constant, name_of_class

# Settings that may name a network.
NETWORKS = frozenset(['extra_create_kwargs', 'extra_host_config', 'extra_task_spec', 'network_name', 'networks'])


class Default:
    """A use of a setting that stands in no line."""

    kind, section, name, value, key, method = 'assign', 'SwarmSpawner', '(default)', None, None, None

    def __init__(self, root):
        self.root = root


def decide_class(old, plan, statements):
    for statement, _ in old.assignments:
        name = name_of_class(statement.value, old.module)
        if name not in KINDS and name not in old.classes:
            known = 'another spawner is set here' if name else 'which spawner is set here, is not a literal'
            statements.tell(statement, f'{known}; for SwarmSpawner, write {OURS}')
    if not old.assignments:
        return
    statement, root = old.assignments[0]
    statements.tell(statement, *(f'for every server: {sentence}' for sentence in differences(plan)))
    if old.kind in (None, 'ours', 'cassiny'):
        return
    lines = list(defaults(old, plan, Default(root)))
    if lines:
        text = old.code.changed(old.code.start(statement), old.code.end(statement))
        statements.replace(statement, [text, *lines])
        statements.tell(statement, 'the lines below are what the old spawner did without being told')
    statements.tell(statement, *kept_containers(old))
    if not NETWORKS & set(old.by_name):
        said = 'no network is named here; hub and servers need one'
        statements.tell(statement, f'{said}: {root}.SwarmSpawner.networks = [...]')


def defaults(old, plan, use):
    """Yields statements for what the old spawner did by default and ours does not."""
    image = 'images' if old.kind == 'ucphhpc' else 'image'
    if image not in old.by_name and not names_image(old, plan):
        yield plan.put(use, 'container_spec', [('image', repr(default_image(old.kind)))])
    if old.kind == 'ucphhpc' and 'jupyterhub_service_name' not in old.by_name and not names_hub(old):
        yield plan.assign(use, 'jupyterhub_service_name', "'jupyterhub'")
    if old.kind == 'systemuser':
        plan.end.system_user(old.last_constant('run_as_root') is True)
        if 'host_homedir_format_string' not in old.by_name:
            inside = plan.short('image_homedir_format_string') or "'/home/{username}'"
            target = inside.replace('{username}', '{raw_username}')
            mount = f"[{{'type': 'bind', 'source': '/home/{{raw_username}}', 'target': {target}}}]"
            yield plan.extend(use, 'mounts', mount)


def default_image(kind):
    if kind == 'ucphhpc':
        return 'ucphhpc/base-notebook:latest'
    return f'quay.io/jupyterhub/singleuser:{".".join(jupyterhub.__version__.split(".")[:2])}'


def names_image(old, plan):
    """Tells whether the dicts of arguments for Docker name the image."""
    uses = [use for name in ('extra_container_spec', 'extra_create_kwargs') for use in old.by_name.get(name, [])]
    return any('image' in dict(plan.values.pairs(use.value) or ()) for use in uses)


def names_hub(old):
    """Tells whether the file says where servers reach the hub."""
    attributes = (node.attr for node in nodes(old.code.tree) if isinstance(node, ast.Attribute))
    return any(name in ('hub_connect_ip', 'hub_connect_url') for name in attributes)


def kept_containers(old):
    """Yields a note if the old spawner kept what its containers hold."""
    uses = [*old.by_name.get('remove', []), *old.by_name.get('remove_containers', [])]
    are_removed = any(use.kind == 'assign' and constant(use.value, old.module) for use in uses)
    if old.kind in ('docker', 'systemuser') and not are_removed:
        yield (
            'the old spawner kept the containers of servers that were stopped; here, only what is in a mount stays. '
            'The old containers are still there, until you remove them'
        )
