# dockerspawner.DockerSpawner that went through many versions: the old names of settings, and the old escaping.
import dockerspawner

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = dockerspawner.DockerSpawner
c.DockerSpawner.escape = 'legacy'
c.DockerSpawner.container_image = 'jupyter/datascience-notebook:python-3.10'
c.DockerSpawner.container_prefix = 'lab'
c.DockerSpawner.container_name_template = '{prefix}-{username}-{servername}'
c.DockerSpawner.remove_containers = True
c.DockerSpawner.hub_ip_connect = 'jupyterhub'
c.DockerSpawner.network_name = 'jupyterhub'
c.DockerSpawner.format_volume_name = dockerspawner.volumenamingstrategy.escaped_format_volume_name
c.DockerSpawner.volumes = {
    '/srv/home/{raw_username}': '/home/{raw_username}',
    'scratch-{username}': {'bind': '/scratch', 'mode': 'rw'},
}
c.DockerSpawner.mounts = [
    {'type': 'volume', 'source': 'cache-{username}', 'target': '/home/jovyan/.cache', 'no_copy': True},
    {'type': 'bind', 'source': '/srv/licences', 'target': '/licences', 'read_only': True},
]
