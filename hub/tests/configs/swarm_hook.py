# dockerspawner.SwarmSpawner with a hook that sets everything by the user.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'

TEACHERS = {'ada'}


def before_start(spawner):
    username = spawner.user.name
    spawner.volumes = {'/mnt/nfs/home/{username}': '/home/jovyan/work'}
    spawner.environment = {'NB_GROUP': 'students', 'CHOWN_HOME': 'yes'}
    spawner.extra_container_spec = {'user': '1000:100'}
    if username in TEACHERS:
        spawner.image = 'quay.io/jupyter/scipy-notebook:2026-03-02'
        spawner.environment = {'NB_GROUP': 'teachers'}
        spawner.mem_limit = '8G'


c.Spawner.pre_spawn_hook = before_start
