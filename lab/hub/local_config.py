# For `npm run hub:up` and the tests, on top of jupyterhub_config.py: anybody may log in, and a token may do anything.
import os

c = get_config()  # noqa: F821 - JupyterHub provides it

load_subconfig('jupyterhub_config.py')  # noqa: F821

c.JupyterHub.authenticator_class = 'dummy'
c.DummyAuthenticator.password = os.environ['HUB_PASSWORD']
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {'admin'}

c.JupyterHub.services = [{'name': 'operator', 'api_token': os.environ['HUB_API_TOKEN']}]
c.JupyterHub.load_roles = [
    {
        'name': 'operator',
        'services': ['operator'],
        'scopes': ['admin:users', 'admin:servers', 'access:servers', 'admin:groups', 'proxy', 'shutdown', 'read:hub'],
    }
]

# So that `npm run hub:down` finds the users' volumes.
c.SwarmSpawner.mounts = [
    {**mount, 'labels': {'swarmspawner.of-hub': os.environ['STACK']}} for mount in c.SwarmSpawner.mounts
]

load_subconfig('extra_config.py')  # noqa: F821
