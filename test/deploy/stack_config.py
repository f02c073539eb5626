# For the tests, on top of jupyterhub_config.py: who may log in, and who may ask the hub for servers.
c.Authenticator.allow_all = True
c.JupyterHub.services.append({'name': 'operator', 'api_token': os.environ['HUB_API_TOKEN']})
c.JupyterHub.load_roles.append(
    {
        'name': 'operator',
        'services': ['operator'],
        'scopes': ['admin:users', 'admin:servers', 'access:servers', 'read:hub', 'list:services'],
    }
)

# A user without volumes is quick to come and go.
c.SwarmSpawner.mounts = []


def change(spawner):
    if spawner.user.name.startswith('quick-'):
        spawner.container_spec = {**spawner.container_spec, 'args': ['python3', '-m', 'http.server', '8888']}


c.Spawner.pre_spawn_hook = change
