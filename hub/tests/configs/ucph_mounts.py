# ucphhpc's jhub.SwarmSpawner: homes by sshfs, configs, a log driver, and mounts that need attributes of the user.
from jhub.mount import SSHFSMounter

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'
c.SwarmSpawner.service_prefix = 'lab'
c.SwarmSpawner.jupyterhub_service_name = 'hub_jupyterhub'
c.SwarmSpawner.networks = ['jupyterhub']
c.SwarmSpawner.user_format_attributes = ['name']
c.SwarmSpawner.configs = [
    {'config_id': 'v4tfo7l1q8xk', 'config_name': 'jupyter_settings', 'filename': '/etc/jupyter/settings.json'},
]
c.SwarmSpawner.log_driver = {'name': 'json-file', 'options': {'max-size': '10m'}}
c.SwarmSpawner.images = [{'image': 'ucphhpc/base-notebook:4.2.1', 'name': 'Basic'}]
c.SwarmSpawner.container_spec = {
    'mounts': [
        SSHFSMounter(
            {
                'type': 'volume',
                'source': 'home-{name}',
                'target': '/home/jovyan/work',
                'driver_config': {
                    'name': 'ucphhpc/sshfs:latest',
                    'options': {'sshcmd': 'jupyter@store.example.org:{name}', 'id_rsa': '/keys/id', 'big_writes': ''},
                },
                'labels': {'keep': 'True'},
            }
        ),
        {'type': 'bind', 'source': '/mnt/datasets', 'target': '/data', 'read_only': True},
    ],
}
c.SwarmSpawner.placement = {'constraints': []}
