"""The Finding on a path of the service's answers, such as `mounts.1`."""

import swarmspawner
from swarmspawner import Finding


def refusal(path, reason):
    """Returns the Finding on a path of the service."""
    if path is None:
        return Finding(True, '', reason)
    if path.startswith('profile '):
        return Finding(True, 'c.SwarmSpawner.profile_list', f'{path}: {reason}')
    name = path.partition('.')[0]
    if name == 'env':
        setting = f'c.Spawner.environment{path[3:]}'
    else:
        is_setting = swarmspawner.SwarmSpawner.class_traits(config=True).get(name)
        setting = f'c.SwarmSpawner.{path}' if is_setting else path
    return Finding(True, setting, f'{setting}: {reason}')
