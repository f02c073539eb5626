# dockerspawner.SystemUserSpawner: the homes of the host, with the ids that the host's passwd has.
c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = 'dockerspawner.SystemUserSpawner'
c.SystemUserSpawner.image = 'quay.io/jupyter/base-notebook:2026-03-02'
c.SystemUserSpawner.host_homedir_format_string = '/home/users/{username}'
c.SystemUserSpawner.image_homedir_format_string = '/home/{username}'
c.DockerSpawner.network_name = 'jupyterhub'
c.Spawner.default_url = '/lab'
