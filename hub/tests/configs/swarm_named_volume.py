# dockerspawner.SwarmSpawner with a named volume for each user, which dockerspawner asks for as a directory of the node.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.notebook_dir = '/home/jovyan/work'
c.SwarmSpawner.volumes = {'jupyterhub-user-{username}': '/home/jovyan/work'}
c.SwarmSpawner.pull_policy = 'skip'
