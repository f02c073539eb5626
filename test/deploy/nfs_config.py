# After the lines of docs/recipes.md, which are for users quick-home-… here. Others have no volumes.
import copy

homes = c.SwarmSpawner.mounts
c.SwarmSpawner.mounts = []
change_others = c.Spawner.pre_spawn_hook


def change_homes(spawner):
    change_others(spawner)
    name = spawner.user.name
    if not name.startswith('quick-home-'):
        return
    spawner.mounts = copy.deepcopy(homes)
    (home,) = spawner.mounts
    if name.endswith('-copied'):
        del home['no_copy']
    if name.endswith('-away'):
        home['driver_config']['options']['o'] = 'addr=10.0.0.9,rw,nfsvers=4'
        spawner.start_timeout = 45


c.Spawner.pre_spawn_hook = change_homes
