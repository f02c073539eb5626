"""Objects of docker-py in a configuration: each becomes a plain dict, which needs no package."""

import ast

from .rewrite import nodes

# What needs no brackets around it, also on several lines.
ATOMS = ast.Dict, ast.List, ast.Name

# The positional arguments of docker-py's classes. The keys of our settings have the same names, except those that are
# in RENAMED.
SIGNATURES = {
    'ConfigReference': 'config_id config_name filename uid gid mode',
    'ContainerSpec': 'image command args hostname env workdir user labels mounts stop_grace_period secrets tty groups '
    'open_stdin read_only stop_signal healthcheck hosts dns_config configs privileges isolation init cap_add cap_drop '
    'sysctls',
    'DNSConfig': 'nameservers search options',
    'DriverConfig': 'name options',
    'EndpointSpec': 'mode ports',
    'Healthcheck': 'test interval timeout retries start_period',
    'LogConfig': 'type config',
    'Mount': 'target source type read_only consistency propagation no_copy labels driver_config tmpfs_size tmpfs_mode',
    'NetworkAttachmentConfig': 'target aliases options',
    'Placement': 'constraints preferences platforms maxreplicas',
    'Resources': 'cpu_limit mem_limit cpu_reservation mem_reservation generic_resources',
    'RestartPolicy': 'condition delay max_attempts window',
    'SecretReference': 'secret_id secret_name filename uid gid mode',
    'TaskTemplate': 'container_spec resources restart_policy placement log_driver networks force_update',
    'Ulimit': 'name soft hard',
}
RENAMED = {('LogConfig', 'type'): 'name', ('LogConfig', 'config'): 'options'}

# Names of docker-py for plain texts.
CONSTANTS = {
    'RestartConditionTypesEnum.NONE': 'none',
    'RestartConditionTypesEnum.ON_FAILURE': 'on-failure',
    'RestartConditionTypesEnum.ANY': 'any',
    'RestartPolicy.condition_types.NONE': 'none',
    'RestartPolicy.condition_types.ON_FAILURE': 'on-failure',
    'RestartPolicy.condition_types.ANY': 'any',
    'LogConfig.types.JSON': 'json-file',
    'LogConfig.types.SYSLOG': 'syslog',
    'LogConfig.types.JOURNALD': 'journald',
    'LogConfig.types.GELF': 'gelf',
    'LogConfig.types.FLUENTD': 'fluentd',
    'LogConfig.types.NONE': 'none',
}
# The mounters of jhub_swarmspawner, which take one dict: that of a mount.
MOUNTERS = 'jhub.mount.SSHFSMounter', 'jhub.mount.VolumeMounter'


def imported_names(tree):
    """Returns what the imports of a file bind: a name in the file, and the dotted name that it stands for."""
    names = {}
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition('.')[0]] = (
                    alias.name if alias.asname else alias.name.partition('.')[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f'{node.module}.{alias.name}'
    return names


def dotted(node, names):
    """Returns the dotted name that an expression stands for, such as `docker.types.Mount`, or None."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return None
    return '.'.join([names[node.id], *reversed(parts)])


def type_of(node, names):
    """Returns the name of docker-py's class that an expression stands for, with what follows it, or None."""
    name = dotted(node, names) or ''
    for module in ('docker.types.', 'docker.types.services.', 'docker.types.containers.', 'docker.types.healthcheck.'):
        if name.startswith(module) and name[len(module)].isupper():
            return name[len(module) :]
    return None


def walk_outside(tree, without):
    """Yields the nodes of a tree, except some and what stands in them."""
    left = [tree]
    while left:
        node = left.pop()
        if id(node) not in without:
            yield node
            left += ast.iter_child_nodes(node)


def edits_of_types(code, names):
    """Returns edits that turn docker-py's objects into dicts, and (line, sentence) for each that cannot become one."""
    edits, told = [], []
    # Before Python 3.12, the places of what stands in an f-string are not to be relied on.
    inner = {id(part) for node in nodes(code.tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in walk_outside(code.tree, inner):
        if isinstance(node, ast.Call) and dotted(node.func, names) in MOUNTERS and len(node.args) == 1:
            edits += unwrapped(code, node)
        elif isinstance(node, ast.Call):
            kind = type_of(node.func, names)
            if kind == 'Mount.parse_mount_string' and len(node.args) == 1 and not node.keywords:
                edits += unwrapped(code, node)
            elif kind in SIGNATURES and not any(isinstance(item, ast.Starred) for item in node.args):
                edits += edits_of_call(code, node, kind)
            elif kind:
                told.append((node, f'docker.types.{kind} cannot be written as a dict here'))
        elif isinstance(node, ast.Attribute) and type_of(node, names) in CONSTANTS:
            edits.append((code.start(node), code.end(node), repr(CONSTANTS[type_of(node, names)])))
    return edits, told


def unwrapped(code, node):
    """Turns a call with one argument into this argument, in brackets so that it may have several lines."""
    argument = node.args[0]
    start, end = code.start(argument), code.end(argument)
    is_atom = isinstance(argument, ATOMS) or (
        isinstance(argument, ast.Constant) and argument.lineno == argument.end_lineno
    )
    if is_atom and not any(token.string.startswith('#') for token in code.tokens_in(code.start(node), start)):
        return [(code.start(node), start, ''), (end, code.end(node), '')]
    commas = [token for token in code.tokens_in(end, code.end(node)) if token.string == ',']
    return [(code.start(node), code.end(node.func), ''), *((comma.start, comma.end, '') for comma in commas)]


def edits_of_call(code, node, kind):
    """Turns `Mount('/a', source='b')` into `{'target': '/a', 'source': 'b'}`: only names and brackets change."""
    opening = code.tokens[code.token_at(code.end(node.func))]
    while opening.string != '(':
        opening = code.tokens[code.token_at(opening.end)]
    added = ''
    if kind == 'RestartPolicy' and not node.args and not any(word.arg in ('condition', None) for word in node.keywords):
        # docker-py's own default.
        added = "'condition': 'none', " if node.keywords else "'condition': 'none'"
    edits = [(code.start(node), opening.end, '{' + added), (code.end(node) - 1, code.end(node), '}')]
    for name, value in zip(SIGNATURES[kind].split(), node.args):
        start = code.outer_start(value)
        edits.append((start, start, f"'{RENAMED.get((kind, name), name)}': "))
    for word in node.keywords:
        if word.arg:
            start = code.start(word)
            value = code.tokens[code.token_at(start) + 1].end
            while code.text[value : value + 1] == ' ':
                value += 1
            edits.append((start, value, f"'{RENAMED.get((kind, word.arg), word.arg)}': "))
    return edits
