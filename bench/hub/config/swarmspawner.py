c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'  # noqa: F821
c.SwarmSpawner.jupyterhub_service_name = 'hub'  # noqa: F821
c.SwarmSpawner.networks = [NETWORK]  # noqa: F821
c.SwarmSpawner.container_spec = {  # noqa: F821
    'image': IMAGE,  # noqa: F821
    'args': COMMAND,  # noqa: F821
    'user': 'jovyan',
    'workdir': '/home/jovyan',
}
c.SwarmSpawner.mounts = []  # noqa: F821
