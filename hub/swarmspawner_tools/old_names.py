"""Which volumes and directories another spawner gave to a user, by its own rules for names."""

import string

from swarmspawner import is_set, owner_of

DOCKER = 'dockerspawner'
UCPHHPC = 'jhub-swarmspawner'
CASSINY = 'cassinyspawner'
# By the kinds of spawner_class.py.
SPAWNERS = {'docker': DOCKER, 'swarm': DOCKER, 'systemuser': DOCKER, 'ucphhpc': UCPHHPC, 'cassiny': CASSINY}
# Sections that each spawner reads: what comes later wins.
SECTIONS = {
    DOCKER: ('Spawner', 'DockerSpawner', 'SystemUserSpawner', 'SwarmSpawner'),
    UCPHHPC: ('Spawner', 'SwarmSpawner'),
    CASSINY: ('Spawner', 'SwarmSpawner'),
}
SAFE = frozenset(string.ascii_lowercase + string.digits)
LEGACY_SAFE = frozenset(string.ascii_letters + string.digits + '-')


def escaped(text, safe, mark):
    """Returns a text as escapism does, with which dockerspawner escapes names."""
    return ''.join(
        char if char in safe else ''.join(f'{mark}{byte:X}' for byte in char.encode(errors='replace')) for char in text
    )


def escape(text):
    """dockerspawner's escaping from 12 on."""
    return escaped(text, SAFE, '-').lower()


def legacy_escape(text):
    """dockerspawner's escaping before 12, and later with `escape = 'legacy'`."""
    return escaped(text, LEGACY_SAFE, '_')


class OldNames:
    """The mounts of an old configuration. `kind` is the one that spawner_class.py finds in it."""

    def __init__(self, config, kind, release=None):
        self._is_of_system = kind == 'systemuser'
        self._spawner = spawner = SPAWNERS[kind]
        self._settings = {}
        for section in SECTIONS[spawner]:
            items = config.get(section, {})
            self._settings.update({name: value for name, value in items.items() if is_set(value)})
        self._is_old_docker = release is not None and release < 12
        # What could not be told, in sentences.
        self.untold = []
        if self._settings.get('format_volume_name') is not None:
            self.untold.append('format_volume_name is code, so the names here are those that it is given')

    def of(self, username, server_name):
        """Returns the sources of the mounts of a server by their targets: volumes, and paths of the node."""
        return {target: source for source, target in self._mounts(username, server_name) if source and target}

    def _mounts(self, username, server_name):
        words = self._words(username, server_name)
        if self._is_of_system:
            own = {'username': username, 'raw_username': username}
            for name in ('host_homedir_format_string', 'image_homedir_format_string'):
                own[name] = filled(self._settings.get(name) or '/home/{username}', own)
            yield own['host_homedir_format_string'], own['image_homedir_format_string']
        for source, target in self._templates():
            yield filled(source, words), filled(target, words)

    def _templates(self):
        settings = self._settings
        if self._spawner == DOCKER:
            for name in ('volumes', 'read_only_volumes'):
                volumes = settings.get(name)
                for source, target in volumes.items() if isinstance(volumes, dict) else ():
                    yield source, target.get('bind') if isinstance(target, dict) else target
            mounts = settings.get('mounts')
            extra = settings.get('extra_container_spec')
            if isinstance(extra, dict) and 'mounts' in extra:
                mounts = extra['mounts']
        else:
            spec = settings.get('container_spec')
            mounts = spec.get('mounts') if isinstance(spec, dict) else None
        for mount in mounts if isinstance(mounts, (list, tuple)) else ():
            yield from pair_of(mount)

    def _words(self, username, server_name):
        if self._spawner == CASSINY:
            return {'username': owner_of({'username': username})}
        if self._spawner == UCPHHPC:
            # The class takes the end of a long name, so that users may share one.
            return {'name': username, 'username': username[-32:], '_service_owner': username[-32:]}
        write = self._escape()
        server = server_name if self._is_old_docker else write(server_name.lower())
        return {
            'username': write(username),
            'safe_username': username if self._is_old_docker else write(username),
            'raw_username': username,
            'servername': server,
            'raw_servername': server_name,
            'prefix': str(self._settings.get('prefix') or 'jupyter'),
        }

    def _escape(self):
        own = self._settings.get('escape')
        if callable(own):
            return own
        return legacy_escape if self._is_old_docker or own == 'legacy' else escape


def pair_of(mount):
    """Yields the source and the target of a mount: a dict, a `docker.types.Mount`, or `source:target`."""
    if isinstance(mount, str):
        source, _, target = mount.partition(':')
        yield source, target.partition(':')[0]
    elif isinstance(mount, dict):
        names = ('source', 'Source'), ('target', 'Target')
        yield tuple(next((mount[name] for name in pair if name in mount), None) for pair in names)


def filled(template, words):
    """Fills a template as `str.format` does. If that fails, returns the template itself; None for what is no text."""
    if not isinstance(template, str):
        return None
    try:
        return template.format(**words)
    except (LookupError, ValueError, AttributeError):
        return template
