# A server that Swarm starts again where it ends, for the users whose name says so.
c.SwarmSpawner.start_timeout = 60


def change(spawner):
    if spawner.user.name == 'again':
        spawner.restart_policy = {'condition': 'any', 'delay': '0s'}


c.Spawner.pre_spawn_hook = change
