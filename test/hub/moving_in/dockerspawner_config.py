# dockerspawner.SwarmSpawner with a volume by docker.types. The name of a service leads to its container.
import os

from docker.types import Mount

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = os.environ['SERVER_IMAGE']
c.SwarmSpawner.network_name = os.environ['SERVER_NETWORK']
c.SwarmSpawner.cmd = ['jupyterhub-singleuser']
c.SwarmSpawner.extra_container_spec = {
    'user': '1000',
    'workdir': '/home/jovyan',
    'mounts': [Mount(type='volume', source='course-homes', target='/home/jovyan')],
}
c.SwarmSpawner.extra_endpoint_spec = {'mode': 'dnsrr'}
c.SwarmSpawner.start_timeout = 120
c.SwarmSpawner.http_timeout = 120
