# Of every hub of the bench, before the lines of its spawner class.
import os
import sys

sys.path[:0] = ['/srv/peers', '/srv/clones']

c.JupyterHub.hub_connect_ip = 'hub'  # noqa: F821
c.Spawner.ip = '0.0.0.0'  # noqa: F821
c.Spawner.port = 8888  # noqa: F821
c.Spawner.start_timeout = 300  # noqa: F821
c.Spawner.http_timeout = 120  # noqa: F821
c.Spawner.poll_interval = 30  # noqa: F821

IMAGE = os.environ['SERVER_IMAGE']
NETWORK = os.environ['SERVER_NETWORK']
COMMAND = ['jupyterhub-singleuser']

# With tokens, so that the bench gets one that costs the hub less.
c.JupyterHub.load_roles = [  # noqa: F821
    {'name': 'operator', 'services': ['operator'], 'scopes': ['admin:users', 'admin:servers', 'tokens']}
]
