# What an admin adds to jupyterhub_config.py: who may log in. And for the test, who may ask the hub for servers.
import os

c.JupyterHub.authenticator_class = 'dummy'
c.DummyAuthenticator.password = os.environ['HUB_PASSWORD']
c.Authenticator.allow_all = True
c.JupyterHub.services = [{'name': 'operator', 'api_token': os.environ['HUB_API_TOKEN']}]
c.JupyterHub.load_roles = [
    {
        'name': 'operator',
        'services': ['operator'],
        'scopes': ['admin:users', 'admin:servers', 'access:servers', 'read:hub'],
    }
]

# A user without volumes is quick to come and go.
c.SwarmSpawner.mounts = []


def change(spawner):
    if spawner.user.name.startswith('quick-'):
        spawner.container_spec = {**spawner.container_spec, 'args': ['python3', '-m', 'http.server', '8888']}


c.Spawner.pre_spawn_hook = change
