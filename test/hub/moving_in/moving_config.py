# Loads the configuration that the hub's data names. Without a name, the hub keeps that of the stack.
import os
import sys

# The old spawners' packages. Those of the image come first.
sys.path.append('/srv/old')

if os.path.exists('data/configuration'):
    # What the stack's own configuration has would be added to the settings of the files here.
    c = get_config()  # noqa: F821
    c.SwarmSpawner.container_spec, c.SwarmSpawner.mounts = {}, []
    with open('data/configuration') as file:
        load_subconfig(file.read().strip())  # noqa: F821
