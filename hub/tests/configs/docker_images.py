# dockerspawner.DockerSpawner with images to choose from, and limits as functions.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.DockerSpawner'
c.DockerSpawner.network_name = 'jupyterhub'
c.DockerSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.DockerSpawner.allowed_images = {
    'Small': 'quay.io/jupyter/base-notebook:2026-03-02',
    'Science': 'quay.io/jupyter/scipy-notebook:2026-03-02',
}


def memory_of(spawner):
    return {'ada': '4G'}.get(spawner.user.name, '1G')


c.DockerSpawner.mem_limit = memory_of
c.DockerSpawner.cpu_limit = lambda spawner: 2.0
c.DockerSpawner.volumes = {
    'jupyterhub-user-{username}': '/home/jovyan/work',
    '/srv/shared': {'bind': '/home/jovyan/shared', 'mode': 'rw'},
}
c.DockerSpawner.read_only_volumes = {'/srv/datasets': '/data', 'courses': '/home/jovyan/courses'}
