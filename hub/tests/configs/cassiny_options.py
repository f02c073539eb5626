# cassinyspawner.SwarmSpawner, whose users may send a specification of their own.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'
c.SwarmSpawner.jupyterhub_service_name = 'jupyterhub'
c.SwarmSpawner.service_prefix = 'lab'
c.SwarmSpawner.networks = ['jupyterhub']
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.tls_config = {}
c.SwarmSpawner.container_spec = {
    'Image': 'jupyterhub/singleuser:0.8',
    'args': ['start-singleuser.sh', '--debug'],
    'mounts': [],
    'user': 'jovyan',
    'labels': {'team': 'physics'},
}
c.SwarmSpawner.resource_spec = {'mem_limit': 1_000_000_000}
c.Spawner.environment = {'TZ': 'Europe/Rome'}
