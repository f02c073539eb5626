"""What `check` says of the servers that another spawner has left running, as the hub's database tells."""

import asyncio

from swarmspawner import printable

from .hub_database import NoDatabase, left_running, read_servers
from .remark import UNCHECKED, WARNING, Remark

# Seconds. A database on another machine may not answer at all.
PATIENCE = 10
# Servers that are named. `swarmspawner gc --foreign` lists all.
SHOWN = 20
MAX_NAME = 100


async def left_servers(config):
    """Returns a Remark on each server that another spawner has started and the hub believes to run."""
    # A hub's default is a file beside it. Without one, `check` runs somewhere else than the hub.
    reading = asyncio.get_running_loop().run_in_executor(None, read_quietly, config)
    try:
        left = await asyncio.wait_for(reading, PATIENCE)
    except asyncio.TimeoutError:
        left = NoDatabase(f'the database of the hub does not answer within {PATIENCE} seconds')
    if isinstance(left, NoDatabase):
        said = f'{left}; so servers that another spawner has left running are not listed'
        return [Remark(UNCHECKED, None, 'c.JupyterHub.db_url', said)]
    remarks = [Remark(WARNING, None, None, sentence(*found)) for found in left[:SHOWN]]
    if len(left) > SHOWN:
        more = f'{len(left) - SHOWN} more servers of another spawner run: swarmspawner gc --foreign lists them'
        remarks.append(Remark(WARNING, None, None, more))
    return remarks


def read_quietly(config):
    """Returns what left_running finds; nothing if there is no file, or the NoDatabase."""
    try:
        return list(left_running(read_servers(config)))
    except NoDatabase as error:
        return [] if error.is_absent else error


def sentence(row, spawner, service):
    user = printable(f'{row.username}:{row.server_name}' if row.server_name else row.username, MAX_NAME)
    return (
        f'the server of {user} was started by {spawner}: its service {service} goes on, and the hub will count it as '
        'stopped. Stop it before you change the spawner, or remove it afterwards: swarmspawner gc --foreign'
    )
