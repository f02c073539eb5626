# A file that reads environment variables, which the hub's stack file sets and nobody's shell does.
import os

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = os.environ['DOCKER_NOTEBOOK_IMAGE']
c.SwarmSpawner.network_name = os.environ['DOCKER_NETWORK_NAME']
c.SwarmSpawner.cmd = ['start-singleuser.py']
c.SwarmSpawner.volumes = {os.environ['NFS_ROOT'] + '/{username}': '/home/jovyan/work'}
