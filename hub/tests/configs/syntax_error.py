# A file with a syntax error: a bracket that nobody has closed.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.volumes = {'/mnt/nfs/{username}': '/home/jovyan'
c.SwarmSpawner.network_name = 'jupyterhub'
