c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'  # noqa: F821
c.SwarmSpawner.jupyterhub_service_name = 'hub'  # noqa: F821
c.SwarmSpawner.networks = [NETWORK]  # noqa: F821
c.SwarmSpawner.container_spec = {'user': 'jovyan', 'workdir': '/home/jovyan'}  # noqa: F821
c.SwarmSpawner.images = [  # noqa: F821
    {'image': IMAGE, 'name': 'notebook', 'args': COMMAND, 'endpoint_spec': {'mode': 'dnsrr'}},  # noqa: F821
]
