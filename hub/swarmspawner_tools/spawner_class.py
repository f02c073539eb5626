"""Which spawner a configuration was written for."""

import ast

from .rewrite import nodes
from .uses import name_of_class

# What people write as c.JupyterHub.spawner_class, and the kind of spawner that it is.
KINDS = {
    'docker': 'docker',
    'dockerspawner.DockerSpawner': 'docker',
    'dockerspawner.dockerspawner.DockerSpawner': 'docker',
    'docker-swarm': 'swarm',
    'dockerspawner.SwarmSpawner': 'swarm',
    'dockerspawner.swarmspawner.SwarmSpawner': 'swarm',
    'docker-system-user': 'systemuser',
    'dockerspawner.SystemUserSpawner': 'systemuser',
    'dockerspawner.systemuserspawner.SystemUserSpawner': 'systemuser',
    'jhub.SwarmSpawner': 'ucphhpc',
    'jhub.swarmspawner.SwarmSpawner': 'ucphhpc',
    'cassinyspawner.SwarmSpawner': 'cassiny',
    'cassinyspawner.swarmspawner.SwarmSpawner': 'cassiny',
    'swarmspawner.SwarmSpawner': 'ours',
}
OURS = "'swarmspawner.SwarmSpawner'"
# The sections of a configuration that each kind reads.
SECTIONS = {
    'docker': ['Spawner', 'DockerSpawner'],
    'swarm': ['Spawner', 'DockerSpawner', 'SwarmSpawner'],
    'systemuser': ['Spawner', 'DockerSpawner', 'SystemUserSpawner'],
    'ucphhpc': ['Spawner', 'SwarmSpawner'],
    'cassiny': ['Spawner', 'SwarmSpawner'],
}
# The spawner of the table of the class for each kind.
TABLES = {
    'docker': 'dockerspawner',
    'swarm': 'dockerspawner',
    'systemuser': 'dockerspawner',
    'ucphhpc': 'jhub-swarmspawner',
}


def classes_of(module):
    """Returns the kind of each class in the file that is a spawner, by name: None if its spawner is not known."""
    derived, kinds, ready = {}, {}, []
    for name, node in module.classes.items():
        for base in node.bases:
            known = name_of_class(base, module) or ''
            if known in module.classes:
                derived.setdefault(known, []).append(name)
            elif known in KINDS or known.endswith('Spawner'):
                kinds.setdefault(name, KINDS.get(known))
                ready.append(name)
    while ready:
        base = ready.pop()
        for name in derived.pop(base, ()):
            kinds.setdefault(name, kinds[base])
            ready.append(name)
    return kinds


def assignments_of_class(tree, module):
    """Yields the statements `c.JupyterHub.spawner_class = …`."""
    for node in nodes(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                is_setting = isinstance(target, ast.Attribute) and target.attr == 'spawner_class'
                hub = target.value if is_setting else None
                if isinstance(hub, ast.Attribute) and hub.attr == 'JupyterHub':
                    if isinstance(hub.value, ast.Name) and hub.value.id in module.configs:
                        yield node, hub.value.id


def kind_of(node, module, classes):
    name = name_of_class(node, module)
    return classes.get(name) or KINDS.get(name)


def old_kind(tree, module, classes):
    """Returns the kind of the old spawner, or None if the file does not say it clearly."""
    kinds = {kind_of(node.value, module, classes) for node, _ in assignments_of_class(tree, module)}
    return kinds.pop() if len(kinds) == 1 else None
