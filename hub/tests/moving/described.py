"""Brings services and containers, as they were sent to an Engine, into one form that can be compared."""

from pretended_engine import IMAGE_COMMAND

# Variables that a hub makes anew for each start, or that only tell a server where its hub is.
OF_THE_HUB = ('JUPYTERHUB_', 'JPY_')
# What Swarm takes where a service says nothing. 10 s are also what a container has to end.
DEFAULTS = {'endpoint': 'vip', 'restart': 'any', 'StopGracePeriod': 10_000_000_000}
# What the service puts on each of its services.
OUR_LABELS = 'org.swarmspawner.'


def described(created, network_names=None):
    """Returns what a user would notice of a service or a container, by words of the Engine, without empty values."""
    kind, body = created['kind'], created['body']
    facts = of_service(body, network_names or {}) if kind == 'service' else of_container(body)
    facts.update({name: value for name, value in DEFAULTS.items() if facts.get(name) in (None, '')})
    return {name: value for name, value in sorted(facts.items()) if value not in (None, '', [], {}, False, 0)}


def of_service(body, network_names):
    task = body['TaskTemplate']
    container = task['ContainerSpec']
    resources = task.get('Resources') or {}
    networks = [*list_of(task, 'Networks'), *list_of(body, 'Networks')]
    endpoint = body.get('EndpointSpec') or {}
    return {
        'name': body['Name'],
        'image': asked_image(body),
        'networks': sorted(network_of(network, network_names) for network in networks),
        'endpoint': endpoint.get('Mode'),
        'ports': [port['TargetPort'] for port in endpoint.get('Ports') or []],
        'restart': (task.get('RestartPolicy') or {}).get('Condition'),
        **amounts(resources.get('Limits'), 'limit'),
        **amounts(resources.get('Reservations'), 'reservation'),
        **{f'placement {key}': value for key, value in placement_of(body).items()},
        **{f'log {key}': value for key, value in (task.get('LogDriver') or {}).items()},
        **labels_of(body),
        **of_container_spec(container),
    }


def asked_image(body):
    """Returns the image as the hub asked for it: SwarmSpawner puts the digest of its tag into the service."""
    labels = body.get('Labels') or {}
    return labels.get('org.swarmspawner.image', body['TaskTemplate']['ContainerSpec']['Image'])


def placement_of(body):
    """Returns the placement that was asked for. The platforms of a digest are those of the image."""
    placement = body['TaskTemplate'].get('Placement') or {}
    is_resolved = 'org.swarmspawner.image' in (body.get('Labels') or {})
    return {key: value for key, value in placement.items() if not (is_resolved and key == 'Platforms')}


# What stands under another name, or needs a form of its own.
READ = ('Image', 'Args', 'Env', 'Mounts', 'Labels', 'DNSConfig', 'Configs', 'Secrets', 'TTY', 'Isolation')


def of_container_spec(container):
    plain = {key: value for key, value in container.items() if key not in READ}
    return {
        **plain,
        'Args': command_of(container.get('Args')),
        **{f'DNSConfig {key}': value for key, value in (container.get('DNSConfig') or {}).items()},
        **{f'config {item["ConfigName"]}': item.get('File') for item in list_of(container, 'Configs')},
        **{f'secret {item["SecretName"]}': item.get('File') for item in list_of(container, 'Secrets')},
        **environment_of(container.get('Env')),
        **labels_of(container),
        **mounts_of(container.get('Mounts') or []),
    }


def of_container(body):
    host = dict(body['HostConfig'])
    quota, period = host.pop('CpuQuota', 0), host.pop('CpuPeriod', 0)
    host.pop('AutoRemove', None)
    binds = [bind_of(bind) for bind in host.pop('Binds', None) or []]
    shared_memory = {'Type': 'tmpfs', 'Target': '/dev/shm', 'TmpfsOptions': {'SizeBytes': host.pop('ShmSize', 0)}}
    if shared_memory['TmpfsOptions']['SizeBytes']:
        binds.append(shared_memory)
    return {
        # A container has no virtual IP, and nothing starts it again.
        'endpoint': 'dnsrr',
        'restart': (host.pop('RestartPolicy', None) or {}).get('Name') or 'none',
        'name': body['Name'],
        'image': body['Image'],
        'networks': [host.pop('NetworkMode')],
        'ports': list(host.pop('PortBindings', None) or []),
        'limit MemoryBytes': host.pop('Memory', None),
        'reservation MemoryBytes': host.pop('MemoryReservation', None),
        'limit NanoCPUs': round(quota / period * 1e9) if quota else None,
        'Command': body.get('Entrypoint'),
        'Args': command_of(body.get('Cmd')),
        'User': body.get('User'),
        'Dir': body.get('WorkingDir'),
        'StopSignal': body.get('StopSignal'),
        'CapabilityAdd': host.pop('CapAdd', None),
        'CapabilityDrop': host.pop('CapDrop', None),
        'Hosts': [' '.join(reversed(line.split(':', 1))) for line in host.pop('ExtraHosts', None) or []],
        'DNSConfig Nameservers': host.pop('Dns', None),
        **{f'HostConfig {key}': value for key, value in host.items() if key != 'Mounts'},
        **environment_of(body.get('Env')),
        **labels_of(body),
        **mounts_of([*binds, *(host.get('Mounts') or [])]),
    }


def list_of(section, name):
    return section.get(name) or []


def network_of(network, names):
    target = network['Target'] if isinstance(network, dict) else network
    return names.get(target, target)


def amounts(section, kind):
    return {f'{kind} {key}': value for key, value in (section or {}).items()}


def labels_of(section):
    labels = (section.get('Labels') or {}).items()
    return {f'label {name}': value for name, value in labels if not name.startswith(OUR_LABELS)}


def command_of(args):
    """Returns the arguments, or None if they are the image's own, which an Engine takes by itself."""
    return None if args == IMAGE_COMMAND else args


def environment_of(env):
    pairs = [line.partition('=')[::2] for line in env or []]
    return {f'env {name}': value for name, value in pairs if not name.startswith(OF_THE_HUB)}


def bind_of(bind):
    source, target, *mode = bind.rsplit(':', 2)
    kind = 'bind' if source.startswith(('/', '~')) else 'volume'
    return {'Type': kind, 'Source': source, 'Target': target, 'ReadOnly': mode == ['ro']}


def mounts_of(mounts):
    return {f'mount {mount["Target"]}': mount_of(mount) for mount in mounts}


def mount_of(mount):
    volume = mount.get('VolumeOptions') or {}
    driver = volume.get('DriverConfig') or {}
    parts = {
        'Type': mount.get('Type', 'volume'),
        'Source': mount.get('Source'),
        'ReadOnly': mount.get('ReadOnly'),
        'Propagation': (mount.get('BindOptions') or {}).get('Propagation'),
        'NoCopy': volume.get('NoCopy'),
        'Driver': driver.get('Name'),
        'Options': driver.get('Options'),
        'Labels': volume.get('Labels'),
        'SizeBytes': (mount.get('TmpfsOptions') or {}).get('SizeBytes'),
    }
    return {name: value for name, value in parts.items() if value}


def differences(old, new):
    """Returns what differs, by name: what was, and what is."""
    names = sorted({*old, *new})
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}
