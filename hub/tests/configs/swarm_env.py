# dockerspawner.SwarmSpawner by its short name. It runs as root, and has names and an endpoint of its own.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'docker-swarm'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.SwarmSpawner.prefix = 'nb'
c.SwarmSpawner.name_template = '{prefix}-{username}-{servername}'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.cmd = ['jupyterhub-singleuser', '--allow-root']
c.SwarmSpawner.extra_container_spec = {
    'user': 'root',
    'init': True,
    'cap_add': ['CAP_NET_ADMIN'],
    'stop_grace_period': 5_000_000_000,
}
c.SwarmSpawner.extra_endpoint_spec = {'mode': 'dnsrr'}
c.SwarmSpawner.extra_create_kwargs = {'labels': {'team': 'physics'}}
c.SwarmSpawner.environment = {'GRANT_SUDO': 'yes'}
c.Spawner.default_url = '/lab'
c.Spawner.mem_limit = '1G'
