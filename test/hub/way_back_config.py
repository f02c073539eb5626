# A hub that moves from dockerspawner to SwarmSpawner, and back: SPAWNER says where it is.
import os
import sys

if os.environ['SPAWNER'] == 'dockerspawner':
    sys.path.insert(0, '/srv/peers')
    c.SwarmSpawner.clear()
    c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
    c.SwarmSpawner.image = os.environ['SERVER_IMAGE']
    c.SwarmSpawner.cmd = ['jupyterhub-singleuser']
    c.SwarmSpawner.network_name = os.environ['SERVER_NETWORK']
    c.SwarmSpawner.extra_endpoint_spec = {'mode': 'dnsrr'}

    # Its `volumes` are directories of the node in a Swarm, so configurations set volumes like this.
    def mount_home(spawner):
        home = {'type': 'volume', 'source': f'home-{spawner.escaped_name}', 'target': '/home/jovyan/work'}
        spawner.extra_container_spec = {'user': 'jovyan', 'workdir': '/home/jovyan', 'mounts': [home]}

    c.SwarmSpawner.pre_spawn_hook = mount_home
else:
    c.SwarmSpawner.mounts = [
        {'type': 'volume', 'source': 'home-{escaped_username}', 'target': '/home/jovyan/work'},
    ]
