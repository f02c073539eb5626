c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'  # noqa: F821
c.SwarmSpawner.image = IMAGE  # noqa: F821
c.SwarmSpawner.cmd = COMMAND  # noqa: F821
c.SwarmSpawner.network_name = NETWORK  # noqa: F821
c.SwarmSpawner.extra_container_spec = {'user': 'jovyan', 'workdir': '/home/jovyan'}  # noqa: F821
c.SwarmSpawner.extra_endpoint_spec = {'mode': 'dnsrr'}  # noqa: F821
