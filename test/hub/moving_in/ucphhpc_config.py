# ucphhpc's jhub.SwarmSpawner with a volume for each user.
import os

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'
c.SwarmSpawner.jupyterhub_service_name = 'hub'
c.SwarmSpawner.service_prefix = 'lab'
c.SwarmSpawner.networks = [os.environ['SERVER_NETWORK']]
c.SwarmSpawner.user_format_attributes = ['name']
c.SwarmSpawner.images = [
    {'image': os.environ['SERVER_IMAGE'], 'name': 'Basic', 'endpoint_spec': {'mode': 'dnsrr'}},
]
c.SwarmSpawner.container_spec = {
    'args': ['jupyterhub-singleuser', '--ip=0.0.0.0', '--port=8888'],
    'user': 1000,
    'workdir': '/home/jovyan',
    'mounts': [{'type': 'volume', 'source': 'home-{name}', 'target': '/home/jovyan'}],
}
c.SwarmSpawner.placement = {'constraints': []}
c.SwarmSpawner.start_timeout = 120
c.SwarmSpawner.http_timeout = 120
