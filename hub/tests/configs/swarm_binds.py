# dockerspawner.SwarmSpawner with directories of an NFS share that every node has mounted.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.JupyterHub.hub_ip = '0.0.0.0'
c.SwarmSpawner.hub_ip_connect = 'jupyterhub'
c.SwarmSpawner.image = 'registry.example.org:5000/teaching/notebook:2026'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.extra_host_config = {'network_mode': 'jupyterhub'}
c.SwarmSpawner.use_internal_ip = True
c.SwarmSpawner.remove_containers = True
c.SwarmSpawner.notebook_dir = '/home/jovyan/work'
c.SwarmSpawner.volumes = {
    '/mnt/nfs/home/{username}': '/home/jovyan/work',
    '/mnt/nfs/courses': {'bind': '/home/jovyan/courses', 'mode': 'ro'},
}
c.SwarmSpawner.read_only_volumes = {'/mnt/nfs/datasets': '/data'}
c.SwarmSpawner.cmd = 'start-singleuser.sh'
c.SwarmSpawner.mem_limit = '2G'
c.SwarmSpawner.cpu_limit = 0.3
c.SwarmSpawner.mem_guarantee = '256M'
c.SwarmSpawner.cpu_guarantee = 0.1
c.SwarmSpawner.start_timeout = 300
c.SwarmSpawner.http_timeout = 120
