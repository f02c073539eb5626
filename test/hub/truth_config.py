# Servers of certain users behave as their names say.
c.SwarmSpawner.poll_interval = 2
c.SwarmSpawner.start_timeout = 60
c.SwarmSpawner.mounts = []

PROGRAMS = {
    'late': ['sh', '-c', 'sleep 6; exec jupyterhub-singleuser'],
    'silent': ['sleep', '1000'],
    'crash': ['sh', '-c', 'echo no module named lab >&2; exit 3'],
}


def change(spawner):
    kind = spawner.user.name.split('-')[0]
    spec = {**spawner.container_spec}
    if kind in PROGRAMS:
        spec['args'] = PROGRAMS[kind]
    if kind == 'silent':
        spawner.http_timeout = 3
    if kind == 'missing':
        spec['image'] = 'no/such-image:1'
    if kind == 'greedy':
        spawner.resource_spec = {'mem_reservation': 900 * 10**9}
    if kind == 'waiting':
        spawner.placement = ['node.labels.none == 1']
        spawner.start_timeout = 3
    spawner.container_spec = spec


c.Spawner.pre_spawn_hook = change
