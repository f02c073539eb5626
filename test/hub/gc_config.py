# A token for `swarmspawner gc`, as README.md has it, and two that show less; user late's server takes its time.
import os

c.JupyterHub.services.append({'name': 'swarmspawner-gc', 'api_token': os.environ['GC_TOKEN']})
c.JupyterHub.load_roles.append(
    {'name': 'swarmspawner-gc', 'scopes': ['list:users', 'read:servers'], 'services': ['swarmspawner-gc']}
)
c.JupyterHub.services.append({'name': 'blind', 'api_token': os.environ['BLIND_TOKEN']})
c.JupyterHub.load_roles.append({'name': 'blind', 'scopes': ['list:users'], 'services': ['blind']})
c.JupyterHub.services.append({'name': 'narrow', 'api_token': os.environ['NARROW_TOKEN']})
c.JupyterHub.load_roles.append(
    {'name': 'narrow', 'scopes': ['list:users!user=alice', 'read:servers'], 'services': ['narrow']}
)

c.SwarmSpawner.mounts = []
c.SwarmSpawner.stop_timeout = 2


def change(spawner):
    if spawner.user.name == 'late':
        spawner.container_spec = {
            **spawner.container_spec,
            'args': ['sh', '-c', 'sleep 8; exec jupyterhub-singleuser'],
        }


c.Spawner.pre_spawn_hook = change
