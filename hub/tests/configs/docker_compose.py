# dockerspawner.DockerSpawner on one machine, as in most examples: a network, a volume for each user, names from the
# environment with a default.
import os

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.DockerSpawner'

c.DockerSpawner.image = os.environ.get('DOCKER_NOTEBOOK_IMAGE', 'quay.io/jupyter/base-notebook:2026-03-02')
spawn_cmd = os.environ.get('DOCKER_SPAWN_CMD', 'start-singleuser.py')
c.DockerSpawner.cmd = spawn_cmd

network_name = os.environ.get('DOCKER_NETWORK_NAME', 'jupyterhub')
c.DockerSpawner.use_internal_ip = True
c.DockerSpawner.network_name = network_name
# Pass the network name as argument to spawned containers
c.DockerSpawner.extra_host_config = {'network_mode': network_name}

notebook_dir = os.environ.get('DOCKER_NOTEBOOK_DIR') or '/home/jovyan/work'
c.DockerSpawner.notebook_dir = notebook_dir
# Mount the real user's Docker volume on the host to the notebook user's
# notebook directory in the container
c.DockerSpawner.volumes = {'jupyterhub-user-{username}': notebook_dir}

# Remove containers once they are stopped
c.DockerSpawner.remove = True
# For debugging arguments passed to spawned containers
c.DockerSpawner.debug = True

c.JupyterHub.hub_ip = 'jupyterhub'
c.JupyterHub.hub_port = 8080
c.JupyterHub.cookie_secret_file = '/data/jupyterhub_cookie_secret'
c.JupyterHub.db_url = 'sqlite:////data/jupyterhub.sqlite'
c.Authenticator.allow_all = True
