# A server that Swarm starts again where it ends, and small ones for nodes that are drained, for the users whose name says so.
c.SwarmSpawner.start_timeout = 60

SAVES_WORK = 'trap "echo saved > /home/work; exit 0" TERM; httpd -p 8888; while :; do sleep 0.2; done'


def change(spawner):
    name = spawner.user.name
    if name == 'again':
        spawner.restart_policy = {'condition': 'any', 'delay': '0s'}
    if name.startswith('drained-'):
        spawner.poll_interval = 2
        spawner.container_spec = {'image': 'lab/student:1', 'args': ['sh', '-c', SAVES_WORK], 'user': '0'}
        spawner.mounts = [{'type': 'volume', 'source': name, 'target': '/home'}]
    if name == 'drained-bound':
        spawner.placement = ['node.hostname == node-2']


c.Spawner.pre_spawn_hook = change
