# cassinyspawner.SwarmSpawner as in its README: `Image`, a volume for each user by an NFS driver, and limits.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'
c.SwarmSpawner.jupyterhub_service_name = 'jupyterhub'
c.SwarmSpawner.networks = ['jupyterhub']
notebook_dir = '/home/jovyan/work'
c.SwarmSpawner.notebook_dir = notebook_dir
c.SwarmSpawner.start_timeout = 60 * 60 * 24
c.SwarmSpawner.container_spec = {
    'args': ['/usr/local/bin/start-singleuser.sh'],
    'Image': 'jupyterhub/singleuser:0.8',
    'mounts': [
        {
            'type': 'volume',
            'source': 'jupyterhub-user-{username}',
            'target': notebook_dir,
            'no_copy': True,
            'driver_config': {
                'name': 'local',
                'options': {'type': 'nfs4', 'o': 'addr=10.0.0.7,rw', 'device': ':/exports/{username}'},
            },
        },
        {'type': 'bind', 'source': '/mnt/datasets', 'target': '/data', 'read_only': True},
    ],
}
c.SwarmSpawner.resource_spec = {
    'cpu_limit': int(1 * 1e9),
    'mem_limit': int(512 * 1e6),
    'cpu_reservation': int(0.5 * 1e9),
    'mem_reservation': int(256 * 1e6),
}
