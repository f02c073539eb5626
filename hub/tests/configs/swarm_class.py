# An imported class as spawner_class, and settings of c.Spawner, c.DockerSpawner and c.SwarmSpawner side by side.
from dockerspawner import SwarmSpawner

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = SwarmSpawner
c.Spawner.cpu_limit = 1
c.Spawner.cmd = ['start-singleuser.py']
c.Spawner.args = ['--ServerApp.tornado_settings={"headers": {}}']
c.DockerSpawner.image = 'quay.io/jupyter/base-notebook:2025-01-06'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.DockerSpawner.network_name = 'jupyterhub'
c.DockerSpawner.remove = True
c.SwarmSpawner.volumes = {'/mnt/nfs/{username}': '/home/jovyan'}
