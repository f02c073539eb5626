"""The name that SwarmSpawner once had: `c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'` still works."""

from swarmspawner import SwarmSpawner

__all__ = ['SwarmSpawner']
