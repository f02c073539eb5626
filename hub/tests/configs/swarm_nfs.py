# dockerspawner.SwarmSpawner: an NFS volume for each user, by docker.types, and a node label.
import os

from docker.types import DriverConfig, Mount

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = 'quay.io/jupyter/scipy-notebook:2026-03-02'
c.SwarmSpawner.network_name = 'jupyterhub'

nfs = DriverConfig(
    name='local',
    options={'type': 'nfs4', 'o': 'addr=nfs.example.org,rw', 'device': ':/exports/shared'},
)
c.SwarmSpawner.extra_container_spec = {
    'user': os.environ.get('NOTEBOOK_USER', '1000:100'),
    'workdir': '/home/jovyan',
    'mounts': [
        Mount(type='volume', source='shared', target='/home/jovyan/shared', no_copy=True, driver_config=nfs),
        Mount(type='tmpfs', source=None, target='/scratch', tmpfs_size='64m'),
        Mount(type='bind', source='/mnt/datasets', target='/data', read_only=True),
    ],
    'hosts': {'licences.example.org': '10.0.0.7'},
    'labels': {'team': 'physics'},
}
c.SwarmSpawner.extra_placement_spec = {
    'constraints': ['node.platform.os == linux', 'node.labels.notebooks == yes'],
    'preferences': [('spread', 'node.labels.rack')],
}
c.SwarmSpawner.extra_resources_spec = {'cpu_limit': int(1.5e9), 'mem_limit': 4 * 1024**3}
c.SwarmSpawner.extra_task_spec = {'restart_policy': {'Condition': 'none'}}
c.SwarmSpawner.environment = {'JUPYTER_ENABLE_LAB': 'yes'}
