"""Names of settings: which are ours, which the old spawners have, and what the class's table says of them."""

import difflib
import functools

from jupyterhub.spawner import Spawner
from swarmspawner import OTHER_SPAWNERS, SwarmSpawner, replacement

from .spawner_class import TABLES

OWN = frozenset(SwarmSpawner.class_trait_names(config=True))
# Settings of ours that no spawner had before: a file with them was changed already.
NEW = frozenset(name for name in OWN if name.startswith('service_'))
# Settings of ours that other spawners do not have, unless they are named below.
OURS_ALONE = OWN - frozenset(Spawner.class_trait_names(config=True))
UCPHHPC = frozenset(
    'container_spec jupyterhub_service_name log_driver networks placement resource_spec service_image service_port '
    'service_prefix tls_config use_user_options'.split()
)
# dockerspawner's three classes have some settings that only one of them reads.
SWARM_ALONE = frozenset(
    'extra_container_spec extra_endpoint_spec extra_placement_spec extra_resources_spec extra_task_spec volume_driver '
    'volume_driver_options'.split()
)
SYSTEM_ALONE = frozenset(
    'group_id homedir_bind_propagation host_homedir_format_string image_homedir_format_string run_as_root '
    'user_id'.split()
)
NEVER_OF_DOCKER = OURS_ALONE - {'allowed_images', 'mounts', 'pull_policy', 'tls_config'}
# By kind of spawner: settings that it does not have, so that a configuration that sets them had no effect.
NEVER = {
    'docker': NEVER_OF_DOCKER | SWARM_ALONE | SYSTEM_ALONE,
    'swarm': NEVER_OF_DOCKER | SYSTEM_ALONE,
    'systemuser': NEVER_OF_DOCKER | SWARM_ALONE,
    'ucphhpc': OURS_ALONE - UCPHHPC,
}
# Older names for the same settings.
ALIASES = {
    'container_image': 'image',
    'container_name_template': 'name_template',
    'container_prefix': 'prefix',
    'dockerimages': 'images',
    'image_whitelist': 'allowed_images',
}
# What the old spawners have for hooks and subclasses, and nothing here has.
INNER = frozenset(
    'client container_id container_name create_object docker escaped_name executor get_command get_ip_and_port '
    'get_object get_task homedir host_homedir internal_hostname mount_binds object_id object_name pull_image '
    'remove_object service_id service_name service_owner start_object stop_object template_namespace '
    'volume_binds volume_mount_points'.split()
)
# Sections of a configuration that are looked at, beside those of the classes in the file.
KNOWN = frozenset(['DockerSpawner', 'KubeSpawner', 'Spawner', 'SwarmSpawner', 'SystemUserSpawner'])


def canonical(use):
    return ALIASES.get(use.name, use.name)


# Settings of dockerspawner that have the name of ours and other values, so the class's table has no line for them.
SAME_NAMES = frozenset(['mounts', 'pull_policy'])


def is_own(use, old=None):
    """Tells whether a setting is one of ours, with the same meaning."""
    if use.name in SAME_NAMES and (old in ('docker', 'swarm', 'systemuser') or use.section == 'DockerSpawner'):
        return False
    return use.name in OWN


def label(use):
    return f'{use.root}.{use.section}.{use.name}' if use.section else f'{use.root}.{use.name}'


@functools.lru_cache(4096)
def table_of(name, old):
    """Returns the spawner of the class's table that has a setting of a name, or None. The old one comes first."""
    if name in SAME_NAMES:
        return 'dockerspawner'
    first = TABLES.get(old, 'dockerspawner')
    for spawner in sorted(OTHER_SPAWNERS, key=lambda spawner: spawner != first):
        if name in OTHER_SPAWNERS[spawner]['no_effect'] or name in OTHER_SPAWNERS[spawner]['instead']:
            return spawner
    return None


def said_of(name, table, prefix):
    """Returns what the class's table says of a setting: why it has no effect, or what takes its place."""
    if name in OTHER_SPAWNERS[table]['no_effect']:
        return f'it has no effect: {OTHER_SPAWNERS[table]["no_effect"][name]}'
    return replacement(prefix, *OTHER_SPAWNERS[table]['instead'][name])


def of_kubespawner(use, prefix):
    """Returns why a setting of KubeSpawner becomes a comment."""
    table = OTHER_SPAWNERS['kubespawner']
    if use.name in table['no_effect'] or use.name in table['instead']:
        return said_of(use.name, 'kubespawner', prefix)
    return f'use {prefix}{use.name}' if use.name in OWN else 'nothing here is like it'


def why_comment(use, old, prefix):
    """Returns why nothing takes a setting's place, or what an admin has to write."""
    table = table_of(use.name, old)
    if use.name in INNER and use.section is None:
        return f'{label(use)} is something of the old spawner, which nothing here has'
    if table is None:
        close = ' or '.join(f'{prefix}{name}' for name in close_to(use.name))
        return f'no spawner has a setting {use.name}' + (f'; is it {close}?' if close else '')
    return said_of(use.name, table, prefix)


@functools.lru_cache(256)
def close_to(name):
    # Nobody mistypes a setting as a text of more than a hundred characters.
    found = difflib.get_close_matches(name[:100], sorted(OWN), 2, 0.7)
    scores = [difflib.SequenceMatcher(None, one, name[:100]).ratio() for one in found]
    # Two of them if neither is much closer: spawn_timeout may be start_timeout or stop_timeout.
    return [one for one, score in zip(found, scores) if score > scores[0] - 0.05]
