# Settings that no spawner has ever had: typing errors, and names from other projects. dockerspawner ignores them.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.cmd = ['start-singleuser.py']
c.SwarmSpawner.volumez = {'/mnt/nfs/{username}': '/home/jovyan'}
c.SwarmSpawner.mem_limt = '2G'
c.DockerSpawner.network = 'other'
c.SwarmSpawnerr.start_timeout = 300
