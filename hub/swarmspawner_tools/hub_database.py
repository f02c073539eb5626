"""Reads a hub's database, and writes nothing. It may be of another release of JupyterHub, or of another spawner."""

import json
import os
import sqlite3
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from swarmspawner import is_set, written_by

# JupyterHub's own default, beside the directory that the hub runs in.
DEFAULT_URL = 'sqlite:///jupyterhub.sqlite'
# Not the classes of JupyterHub: those of an older database may lack a column, and nothing here upgrades it.
SERVERS = text(
    'SELECT users.name, spawners.name, spawners.server_id, spawners.state FROM users '
    'LEFT JOIN spawners ON spawners.user_id = users.id ORDER BY users.name, spawners.name'
)


class NoDatabase(Exception):
    """The database is not there, or cannot be read. Its text has no value of the configuration but a file's name."""

    def __init__(self, said, is_absent=False):
        super().__init__(said)
        # Whether there is none here, as opposed to one that cannot be read.
        self.is_absent = is_absent


class Row(NamedTuple):
    """A server of the hub's database. A user without any has one row, of the default server."""

    username: str
    server_name: str
    # Whether the hub believes that the server runs.
    runs: bool
    # What its spawner has kept of it: any JSON.
    state: object


def read_servers(config):
    """Returns the Rows of the database that a configuration names. Raises NoDatabase."""
    try:
        engine = engine_of(config)
        try:
            with engine.connect() as connection:
                rows = connection.execute(SERVERS).fetchall()
        finally:
            engine.dispose()
    except NoDatabase:
        raise
    except Exception as error:
        # Any exception, since the driver is the admin's choice. Its text may quote the URL, which has a password.
        raise NoDatabase(f'the database of the hub cannot be read: {type(error).__name__}') from None
    return [Row(user, server or '', server_id is not None, state_of(state)) for user, server, server_id, state in rows]


def engine_of(config):
    settings = config.get('JupyterHub', {})
    value = settings.get('db_url')
    url = value if is_set(value) and isinstance(value, str) and value else DEFAULT_URL
    # As JupyterHub reads it, a text without `://` is a file.
    url = make_url(url if '://' in url else f'sqlite:///{url}')
    if url.get_backend_name() != 'sqlite':
        options = settings.get('db_kwargs')
        return create_engine(url, **(dict(options) if isinstance(options, dict) else {}))
    path = url.database
    if not path or path == ':memory:':
        raise NoDatabase('the database of the hub is in its memory, so nothing can be read from it', True)
    if not os.path.isfile(path):
        said = f'there is no database {os.path.abspath(path)}; run this where the hub runs, or set db_url'
        raise NoDatabase(said, True)
    file = f'file:{quote(os.path.abspath(path))}?mode=ro'
    return create_engine('sqlite://', creator=lambda: sqlite3.connect(file, uri=True))


def state_of(column):
    """Returns the JSON of a column, as JupyterHub writes it; None if it is none."""
    try:
        return json.loads(column) if isinstance(column, (str, bytes)) else column
    except (ValueError, RecursionError):
        return None


def left_running(rows):
    """Yields the servers that another spawner has started and the hub believes to run: Row, spawner, service."""
    for row in rows:
        found = written_by(row.state) if row.runs and isinstance(row.state, dict) else None
        if found:
            yield (row, *found)
