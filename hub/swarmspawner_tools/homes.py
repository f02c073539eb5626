"""`migrate --homes`: where the homes of all users were, and where they will be. It copies and removes nothing."""

import asyncio
import json
import os
import sys
import tempfile
from typing import NamedTuple, Optional

import swarmspawner
from swarmspawner import Attempt, Refused, SwarmSpawner, Unreachable, printable, without, wrong_values

from .hub_database import NoDatabase, read_servers
from .load import Load, Unreadable, as_hub, load
from .old_names import SPAWNERS, OldNames
from .server import EXPLAIN_TIMEOUT, make_user

# Questions to the service at the same time. It answers hundreds a second, and other hubs may use it.
AT_ONCE = 8
# Characters of a name in the table.
MAX_NAME = 255
COLUMNS = 'USER', 'SERVER', 'TARGET', 'OLD', 'NEW', 'NODE', 'NOTE'


class Home(NamedTuple):
    """One mount of one server."""

    username: str
    server_name: str
    target: str
    # The volume's name, or the directory. None: nothing is mounted there.
    old: Optional[str]
    new: Optional[str]
    # The node that has the volume, as far as the service sees. None: another one, or none.
    node: Optional[str]
    note: str


class Mounts(NamedTuple):
    """What a start mounts, as the service explains it: sources by target, and what it knows of each volume."""

    sources: dict
    volumes: dict


async def find_homes(old, new, rows):
    """Returns the Homes of the users in a database, and why the service was not asked, or None.

    `old` has the names of the old spawner, `new` is the configuration of the new one.
    """
    ask = asker_of(new)
    limit = asyncio.Semaphore(AT_ONCE)
    refusals = []

    async def mounts_of(row):
        async with limit:
            if refusals:
                return None
            try:
                return await ask(row.username, row.server_name)
            except (Unreachable, Refused) as error:
                refusals.append(str(error))
                return None

    found = await asyncio.gather(*map(mounts_of, rows))
    homes = [home for row, mounts in zip(rows, found) for home in homes_of(row, old, mounts)]
    return homes, refusals[0] if refusals else None


def asker_of(config):
    """Returns a function that asks the service what a start of a server would mount. No hook runs."""
    wrong = {one.setting for one in wrong_values(SwarmSpawner, config)}
    attempt = Attempt(make_user(without(config, wrong), SwarmSpawner, 'user', []).spawners[''])
    request = attempt.request()
    service = swarmspawner.Service(*attempt.spawner._service_key)

    async def ask(username, server_name):
        server = {**request['server'], 'username': username, 'server_name': server_name}
        return read_mounts(await service.call('explain', {**request, 'server': server}, EXPLAIN_TIMEOUT))

    return ask


def read_mounts(answer):
    """Returns the Mounts of an answer to /explain. What is not as it should be is left out."""
    container = answer
    for name in ('spec', 'TaskTemplate', 'ContainerSpec'):
        container = container.get(name) if isinstance(container, dict) else None
    mounts = container.get('Mounts') if isinstance(container, dict) else None
    pairs = [(mount.get('Target'), mount.get('Source')) for mount in dicts_of(mounts)]
    sources = {target: source for target, source in pairs if isinstance(target, str) and isinstance(source, str)}
    return Mounts(sources, {volume.get('name'): volume for volume in dicts_of(answer.get('volumes'))})


def dicts_of(items):
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def homes_of(row, old, mounts):
    """Yields the Homes of a server. `mounts` is None if the service was not asked."""
    before = old.of(row.username, row.server_name)
    after = mounts.sources if mounts else {}
    for target in sorted({**before, **after}):
        name, new = before.get(target), after.get(target)
        node, note = ('', 'not known') if mounts is None else compared(name, new, mounts.volumes.get(new, {}))
        yield Home(row.username, row.server_name, target, name, new, node or None, note)


def compared(old, new, volume):
    """Returns the node that has the volume, and what an admin should know of it."""
    node = volume.get('node') if isinstance(volume.get('node'), str) else None
    others = [other.get('name') for other in dicts_of(volume.get('others'))]
    if new is None:
        return None, 'nothing is mounted here any more'
    if old is None:
        return node if volume.get('exists') is True else None, 'nothing was mounted here'
    if old == new:
        is_seen = new.startswith('/') or volume.get('exists') is True
        if is_seen:
            return node, 'same'
        return None, f'same, and not on the node {node or "that is asked"}'
    if old in others:
        return node, 'another name: the old volume is there, and the new one would be empty'
    return None, 'another name'


# --- the command

def add_arguments(parser):
    parser.add_argument(
        '--homes',
        action='store_true',
        help="list old and new names of all users' volumes, from the hub's database; copies and removes nothing",
    )
    parser.add_argument(
        '--to', metavar='FILE', help='with --homes: the new configuration. Default: what migrate makes of the old one'
    )
    parser.add_argument('--json', action='store_true', help='with --homes: print JSON')


def main(args, kind, new_text, release):
    """Lists the homes and returns the exit code: 0 all are the same, 1 some are not, 2 not everything was read.

    `kind` is that of the old configuration, and `new_text` what migrate makes of it.
    """
    if kind not in SPAWNERS:
        said = 'it does not say which spawner it was for; give the old configuration, and the new one with --to'
        print(f'{args.file}: {said}', file=sys.stderr)
        return 2
    try:
        config = loaded(args.file)
        old = OldNames(config, kind, release)
        new = loaded(args.to) if args.to else loaded_text(new_text, args.file)
        rows = read_servers(config)
        homes, unasked = asyncio.run(find_homes(old, new, rows))
    except (Unreadable, NoDatabase) as error:
        print(f'{args.file}: {error}' if isinstance(error, Unreadable) else error, file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps([home._asdict() for home in homes], indent=2))
    else:
        print_homes(homes)
    for said in [*old.untold, *([f'The service was not asked: {unasked}'] if unasked else [])]:
        print(printable(said), file=sys.stderr)
    if unasked:
        return 2
    return 0 if all(home.note.startswith('same') for home in homes) else 1


def loaded(path):
    with as_hub(path):
        done = Load()
        load(path, done)
        return done.config


def loaded_text(text, beside):
    """Loads a configuration that is not in a file yet. It may load others beside the old one."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, os.path.basename(beside))
        with open(path, 'wb') as file:
            file.write(text)
        return loaded(path)


def print_homes(homes):
    if not homes:
        print('No user of the database has a mount.')
        return
    rows = [COLUMNS, *(cells_of(home) for home in homes)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print('  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print(
        '\nNothing was copied or removed. Hooks were not run. A node is named if the service sees the volume: it asks '
        'one Engine, which\nknows only the volumes of its own node. `docker volume ls` on each node shows the others.'
    )


def cells_of(home):
    cells = home.username, home.server_name, home.target, home.old, home.new, home.node, home.note
    return [printable(cell, MAX_NAME) if cell else '-' for cell in cells]
