"""What the dicts of arguments for Docker (`extra_…`) become here, key by key."""

import ast

from .mount_rules import list_text
from .plan import Result
from .values import has_words

NO_PORTS = 'ports of servers are not published'

# By key of docker-py's create_host_config: the setting of ours and its key; a text: why there is none.
HOST_CONFIG = {
    'auto_remove': 'a stop always removes the service of the server',
    'blkio_weight': 'Swarm has no limits of this kind',
    'cap_add': ('container_spec', 'cap_add'),
    'cap_drop': ('container_spec', 'cap_drop'),
    'cpu_shares': 'Swarm has no shares of CPUs; write cpu_limit',
    'cpuset_cpus': 'Swarm does not choose CPUs; write cpu_limit',
    'device_requests': "Swarm has no devices; write resource_spec['generic_resources'], such as {'gpu': 1}",
    'devices': "Swarm has no devices; write resource_spec['generic_resources'], such as {'gpu': 1}",
    'dns': ('container_spec', 'dns_config', 'nameservers'),
    'dns_opt': ('container_spec', 'dns_config', 'options'),
    'dns_search': ('container_spec', 'dns_config', 'search'),
    'extra_hosts': ('container_spec', 'hosts'),
    'group_add': ('container_spec', 'groups'),
    'init': ('init',),
    'ipc_mode': 'Swarm has no IPC mode',
    'isolation': ('container_spec', 'isolation'),
    'links': 'services of one network find each other by their names',
    'log_config': ('log_driver',),
    'mem_limit': ('resource_spec', 'mem_limit'),
    'mem_reservation': ('resource_spec', 'mem_reservation'),
    'mem_swappiness': ('resource_spec', 'memory_swappiness'),
    'memswap_limit': 'Swarm counts swap apart from memory: write memory_swap of resource_spec, without the memory',
    'nano_cpus': ('resource_spec', 'cpu_limit'),
    'oom_score_adj': ('container_spec', 'oom_score_adj'),
    'pid_mode': 'Swarm has no PID mode',
    'port_bindings': NO_PORTS,
    'privileged': 'Swarm has no privileged services; write the capabilities that are needed: cap_add of container_spec',
    'publish_all_ports': NO_PORTS,
    'read_only': ('container_spec', 'read_only'),
    'runtime': 'Swarm starts containers with the default runtime of the node; set it in daemon.json of the node',
    'security_opt': 'write privileges of container_spec',
    'storage_opt': 'Swarm has no options of storage',
    'sysctls': ('container_spec', 'sysctls'),
    'ulimits': ('container_spec', 'ulimits'),
    'userns_mode': 'Swarm has no mode of user namespaces',
    'volume_driver': 'write driver_config of each mount',
    'volumes_from': 'Swarm has no volumes of other containers; name the volumes in mounts',
}
# By key of docker-py's create_container.
CREATE = {
    'command': ('container_spec', 'args'),
    'detach': 'a service always runs in the background',
    'domainname': 'Swarm has no domain of a container; write it into hostname of container_spec',
    'entrypoint': ('container_spec', 'command'),
    'environment': ('environment', None),
    'healthcheck': ('healthcheck',),
    'hostname': ('container_spec', 'hostname'),
    'image': ('container_spec', 'image'),
    'labels': ('container_spec', 'labels'),
    'mac_address': 'Swarm chooses the addresses',
    'name': 'Swarm service names are made of service_prefix, a hash of the user name and the server name',
    'networking_config': 'write networks',
    'platform': 'write platforms of placement',
    'ports': NO_PORTS,
    'runtime': HOST_CONFIG['runtime'],
    'stdin_open': ('container_spec', 'open_stdin'),
    'stop_signal': ('container_spec', 'stop_signal'),
    'tty': ('container_spec', 'tty'),
    'user': ('container_spec', 'user'),
    'volume_driver': 'write driver_config of each mount; the driver `local` needs none',
    'volumes': 'write mounts',
    'working_dir': ('container_spec', 'workdir'),
}
# By key of docker-py's create_service.
CREATE_SERVICE = {
    'endpoint_spec': 'write endpoint',
    'labels': ('labels', None),
    'mode': 'a server is one task',
    'name': CREATE['name'],
    'networks': ('networks',),
    'rollback_config': 'a server is never rolled back',
    'update_config': 'a server is never updated',
}
# Where placeholders are filled in here.
FILLED = ('container_spec', 'labels'), ('labels', None), ('networks',)
TASK = {
    'container_spec': ('container_spec', None),
    'force_update': 'a server is never updated',
    'log_driver': ('log_driver',),
    'networks': ('networks',),
    'placement': ('placement',),
    'resources': ('resource_spec', None),
    'restart_policy': ('restart_policy',),
}


def pairs_of(use, plan):
    """Returns the keys and values that a statement gives to a dict, or None if they are not all literal."""
    if use.kind == 'item':
        key = plan.values.constant(use.key)
        return [(key, use.value)] if isinstance(key, str) else None
    if use.kind == 'assign' or use.method == 'update':
        return plan.values.pairs(plan.values.behind(use.value))
    return None


def by_key(table):
    """Returns a rule that puts each key of a dict to its own place."""

    def rule(use, plan):
        pairs = pairs_of(use, plan)
        if pairs is None:
            return Result(notes=['its keys are not all written here, so each has to be put into its place by hand'])
        return placed(use, plan, pairs, table)

    return rule


def placed(use, plan, pairs, table):
    result, more = Result(), {}
    dicts = result.dicts
    for key, value in pairs:
        place = table.get(key, 'nothing here has its place')
        is_filled = is_rendered(use, plan)
        text = plan.values.text(value, is_filled and place in FILLED)
        if is_filled and place not in FILLED and not callable(place) and has_words(value):
            result.notes.append(f"{use.name}['{key}']: here, words in braces are only filled in in mounts and labels")
        if callable(place):
            place(use, plan, value, result)
        elif isinstance(place, str):
            result.notes.append(f"{use.name}['{key}'] has no equal: {place}")
        elif len(place) == 1:
            result.lines.append(plan.assign(use, place[0], text))
        elif len(place) == 3:
            more.setdefault(place[:2], []).append(f"'{place[2]}': {text}")
        elif place[1] is None:
            result.lines.append(plan.merge(use, place[0], text))
        else:
            dicts.setdefault(place[0], []).append((place[1], text))
    for (target, key), texts in more.items():
        dicts.setdefault(target, []).append((key, '{' + ', '.join(texts) + '}'))
    if result.mounts:
        result.lines.append(plan.extend(use, 'mounts', ' + '.join(result.mounts)))
    result.lines += [plan.put(use, target, items) for target, items in dicts.items()]
    if not pairs:
        result.notes.append('it was empty')
    return result


def is_rendered(use, plan):
    """DockerSpawner fills in the texts of extra_create_kwargs and extra_host_config, SwarmSpawner does not."""
    return plan.old in ('docker', 'systemuser', None)


def network_mode(use, plan, value, result):
    mode = plan.values.constant(value)
    if isinstance(mode, str) and (mode in ('bridge', 'host', 'none', 'default') or mode.startswith('container:')):
        result.notes.append(f"network_mode '{mode}' has no equal: a server needs an overlay network, in networks")
    elif plan.value_of('network_name') is not None and use.section is not None:
        is_read = isinstance(value, ast.Attribute) and value.attr == 'network_name'
        said = is_read or plan.short('network_name') == plan.values.text(value)
        result.notes.append(
            "extra_host_config['network_mode'] names the network of network_name once more"
            if said
            else "extra_host_config['network_mode'] took the place of network_name in the old spawner; compare both"
        )
    else:
        result.lines.append(plan.assign(use, 'networks', f'[{plan.values.text(value, is_rendered(use, plan))}]'))


def cpu_quota(use, plan, value, result):
    options = dict(pairs_of(use, plan) or ())
    period = plan.values.constant(options['cpu_period']) if 'cpu_period' in options else 100_000
    if isinstance(period, (int, float)) and period > 0:
        factor = 1_000_000_000 / period
        text = plan.values.text(value)
        quota = plan.values.constant(value)
        cpus = repr(int(quota * factor)) if isinstance(quota, (int, float)) else f'int(({text}) * {factor:g})'
        result.dicts.setdefault('resource_spec', []).append(('cpu_limit', cpus))
    else:
        result.notes.append('cpu_quota by cpu_period is cpu_limit of resource_spec; 1000000000 is one CPU')


def cpu_period(use, plan, value, result):
    if 'cpu_quota' not in dict(pairs_of(use, plan) or ()):
        result.notes.append('cpu_period has no equal: Swarm counts CPUs; cpu_limit says how many')


def shm_size(use, plan, value, result):
    text = plan.values.text(value)
    mount = f"{{'type': 'tmpfs', 'target': '/dev/shm', 'tmpfs_size': {text}}}"
    result.mounts.append(f'[{mount}]')


def tmpfs(use, plan, value, result):
    pairs = plan.values.pairs(value)
    if pairs is None:
        result.notes.append('tmpfs: write a mount of type tmpfs for each')
        return
    for target, options in pairs:
        result.mounts.append(f"[{{'type': 'tmpfs', 'target': {target!r}}}]")
        if plan.values.constant(options):
            result.notes.append(
                f'{target}: its options {plan.values.text(options)} have no equal but tmpfs_size and tmpfs_mode'
            )


def binds(use, plan, value, result):
    if isinstance(value, ast.List):
        result.mounts.append(plan.values.text(value, True))
    else:
        result.mounts.append(list_text(value, '', plan, result))


def host_mounts(use, plan, value, result):
    result.mounts.append(plan.values.text(value, True))


def restart_policy(use, plan, value, result):
    options = dict(plan.values.pairs(value) or ())
    name = plan.values.constant(options.get('Name'))
    words = {'no': 'none', '': 'none', 'always': 'any', 'unless-stopped': 'any', 'on-failure': 'on-failure'}
    if name in words:
        result.lines.append(plan.assign(use, 'restart_policy', repr(words[name])))
    else:
        result.notes.append('restart_policy: write restart_policy, such as none')


HOST_CONFIG.update(
    binds=binds,
    cpu_period=cpu_period,
    cpu_quota=cpu_quota,
    mounts=host_mounts,
    network_mode=network_mode,
    restart_policy=restart_policy,
    shm_size=shm_size,
    tmpfs=tmpfs,
)


def extra_host_config(use, plan):
    if plan.old == 'swarm':
        return Result(notes=["dockerspawner's SwarmSpawner did not read this"])
    return by_key(HOST_CONFIG)(use, plan)


def extra_create_kwargs(use, plan):
    result = by_key(CREATE_SERVICE if plan.old == 'swarm' else CREATE)(use, plan)
    if 'command' in dict(pairs_of(use, plan) or ()) and 'cmd' in plan.uses:
        result.notes.append("extra_create_kwargs['command'] took the place of cmd in the old spawner; remove cmd")
    return result


def extra_container_spec(use, plan):
    pairs = pairs_of(use, plan)
    result = Result()
    if 'env' in dict(pairs or ()):
        result.notes.append("env: JupyterHub's own variables stay; the old spawner left them out")
    has_others = plan.feeds['mounts'] - {'extra_container_spec'}
    if pairs is not None and 'mounts' in dict(pairs) and (has_others or use.section is None):
        mounts = plan.values.text(dict(pairs)['mounts'], True)
        result.lines.append(plan.assign(use, 'mounts', mounts))
        rest = [(key, plan.values.text(value, True)) for key, value in pairs if key != 'mounts']
        result.lines += [plan.put(use, 'container_spec', rest)] if rest else []
        return result
    if use.kind == 'item':
        key = plan.values.text(use.key)
        text = plan.values.text(use.value, True)
        place = plan.prefix(use) + 'container_spec'
        plan.feed(use, 'container_spec')
        line = f'{place}[{key}] = {text}' if use.section is None else f'{place}.update({{{key}: {text}}})'
        return Result([line], result.notes)
    if use.kind == 'call' and use.method != 'update':
        return Result(notes=['write this change for container_spec'])
    if pairs and 'mounts' in dict(pairs):
        plan.feed(use, 'mounts')
    result.lines.append(plan.merge(use, 'container_spec', plan.values.text(use.value, True)))
    if use.section is None and use.kind == 'assign':
        known = plan.values.pairs(plan.value_of('extra_container_spec')) or ()
        stay = sorted({key for key, _ in known} - {key for key, _ in pairs or ()})
        if stay:
            result.notes.append(
                f'{", ".join(stay)} of the configuration stays, too; the old spawner replaced all of it'
            )
    return result


def extra_endpoint_spec(use, plan):
    pairs = pairs_of(use, plan)
    if pairs is None:
        return Result(notes=["write endpoint, 'dnsrr' or 'vip'; ports of servers are not published"])
    return placed(use, plan, pairs, {'mode': ('endpoint',), 'ports': NO_PORTS})
