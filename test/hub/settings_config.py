# Settings as an old jupyterhub_config.py has them, by the names and with the values of its README.
import os

from jupyterhub.spawner import Spawner

c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'
notebook_dir = os.environ.get('NOTEBOOK_DIR') or '/home/jovyan'
c.SwarmSpawner.notebook_dir = notebook_dir
mounts = [
    {'type': 'bind', 'source': '/srv', 'target': '/from-host'},
    {'type': 'volume', 'source': 'jupyterhub-user-{username}', 'target': '/home/jovyan'},
    {'type': 'volume', 'target': '/scratch'},
]
c.SwarmSpawner.mounts = []
c.SwarmSpawner.container_spec = {
    'args': ['jupyterhub-singleuser'],
    'Image': os.environ['SERVER_IMAGE'],
    'user': 'jovyan',
    'mounts': mounts,
}
c.SwarmSpawner.resource_spec = {
    'cpu_limit': int(1 * 1e9),
    'mem_limit': int(512 * 1e6),
    'cpu_reservation': 1000000,
    'mem_reservation': int(64 * 1e6),
}
c.SwarmSpawner.placement = ['node.role == manager']
c.SwarmSpawner.service_prefix = 'jupyterhub'
c.SwarmSpawner.start_timeout = 60 * 5
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.tls_config = {}

# JupyterHub's own.
c.Spawner.environment = {'TEXT': 'a {{.Node.Hostname}} b', 'NUMBER': 42, 'CALLED': lambda spawner: spawner.user.name}
c.Spawner.default_url = '/api/status'
c.Spawner.args = ['--ServerApp.quit_button=False']


def change(spawner):
    """Hooks change traits: some users have settings of their own."""
    if spawner.user.name == 'traits':
        spawner.resource_spec = {}
        spawner.mem_limit = '256M'
        spawner.mem_guarantee = '32M'
        spawner.cpu_limit = 0.5
        spawner.cpu_guarantee = 0.1
        spawner.container_spec = {'image': spawner.container_spec['Image'], 'user': 'jovyan'}
        spawner.cmd = ['jupyterhub-singleuser']


c.Spawner.pre_spawn_hook = change
c.Spawner.post_stop_hook = lambda spawner: spawner.log.info('the hook after the stop of %s', spawner.user.name)
# JupyterHub 5.1 brought it. An older hub does not know it, so the class would refuse it.
if hasattr(Spawner, 'group_overrides'):
    override = {'resource_spec': {'mem_limit': 700 * 10**6}}
    c.Spawner.group_overrides = {'big': {'groups': ['big'], 'spawner_override': override}}
