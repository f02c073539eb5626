# dockerspawner.DockerSpawner with what `docker run` has options for, by extra_create_kwargs and extra_host_config.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'docker'
c.JupyterHub.hub_connect_ip = 'jupyterhub'

c.DockerSpawner.image = 'quay.io/jupyter/scipy-notebook:2026-03-02'
c.DockerSpawner.cmd = ['start-singleuser.py', '--SingleUserNotebookApp.default_url=/lab']
c.DockerSpawner.args = ['--debug']
c.DockerSpawner.network_name = 'jupyterhub'
c.DockerSpawner.links = {'database': 'db'}
c.DockerSpawner.extra_create_kwargs = {
    'user': 'root',
    'working_dir': '/home/jovyan',
    'labels': {'team': 'physics', 'who': '{username}'},
    'stop_signal': 'SIGINT',
}
c.DockerSpawner.extra_host_config = {
    'cap_add': ['SYS_ADMIN'],
    'cap_drop': ['NET_RAW'],
    'extra_hosts': {'licences.example.org': '10.0.0.7'},
    'dns': ['10.0.0.53'],
    'shm_size': '256m',
    'security_opt': ['apparmor=unconfined'],
    'runtime': 'nvidia',
}
c.DockerSpawner.environment = {'GRANT_SUDO': 'yes', 'CHOWN_HOME': 'yes'}
c.DockerSpawner.mem_limit = '2G'
c.DockerSpawner.mem_guarantee = '512M'
c.DockerSpawner.cpu_limit = 0.3
c.DockerSpawner.pull_policy = 'always'
c.DockerSpawner.post_start_cmd = 'fix-permissions /home/jovyan'
