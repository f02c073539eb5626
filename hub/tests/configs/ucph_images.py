# ucphhpc's jhub.SwarmSpawner: images with settings of their own, and a form to choose from.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'
c.SwarmSpawner.jupyterhub_service_name = 'jupyterhub'
c.SwarmSpawner.networks = ['jupyterhub']
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.start_timeout = 900
c.SwarmSpawner.http_timeout = 120
c.SwarmSpawner.container_spec = {
    'args': ['/usr/local/bin/start-singleuser.sh', '--ServerApp.ip=0.0.0.0', '--ServerApp.port=8888'],
    'env': {'JUPYTER_ENABLE_LAB': '1', 'TZ': 'Europe/Copenhagen'},
    'user': 1000,
    'workdir': '/home/jovyan/work',
}
c.SwarmSpawner.resource_spec = {'cpu_limit': int(8 * 1e9), 'mem_limit': int(8 * 2**30), 'mem_reservation': 2**30}
c.SwarmSpawner.placement = {'constraints': ['node.labels.notebooks == yes']}
c.SwarmSpawner.images = [
    {'image': 'ucphhpc/base-notebook:4.2.1', 'name': 'Basic'},
    {
        'image': 'ucphhpc/gpu-notebook:4.2.1',
        'name': 'Data science',
        'mounts': [{'type': 'volume', 'source': 'datasets', 'target': '/data', 'read_only': True}],
        'placement': {'constraints': ['node.labels.gpu == yes']},
        'resource_spec': {'mem_limit': int(64 * 2**30)},
        'env': {'CUDA': '1'},
        'args': ['start-notebook.sh'],
        'user': '1000:100',
    },
]
