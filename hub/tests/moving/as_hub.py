"""Loads a jupyterhub_config.py and starts a user's server as a hub does, without a hub. Knows no spawner."""

import logging
import pwd
from unittest import mock

from jupyterhub import orm, roles
from jupyterhub.app import JupyterHub
from jupyterhub.objects import Hub, Server
from jupyterhub.user import User
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import StaticPool

for name in ('traitlets', 'tornado', 'JupyterHub'):
    logging.getLogger(name).addHandler(logging.NullHandler())
    logging.getLogger(name).propagate = False


# The accounts of the machine on which both hubs seem to run.
ACCOUNTS = {
    name: pwd.struct_passwd((name, 'x', uid, 100, '', f'/home/{name}', '/bin/sh'))
    for name, uid in (('ada', 1001), ('Ünï@x.org', 1002))
}


class LoadedHub:
    """A configuration, as the hub of this Python has it once it has read the file."""

    def __init__(self, path):
        JupyterHub.clear_instance()
        app = JupyterHub.instance()
        app.raise_config_file_errors = True
        app.load_config_file(str(path))
        self.config = app.config
        self.spawner_class = app.spawner_class
        # Spawners may run threads, and sqlite asks which one it is.
        engine = create_engine('sqlite://', poolclass=StaticPool, connect_args={'check_same_thread': False})
        orm.Base.metadata.create_all(engine)
        self.db = sessionmaker(bind=engine, expire_on_commit=False)()
        for role in roles.get_default_roles():
            roles.create_role(self.db, role)

    def make_spawner(self, username):
        row = orm.User(name=username)
        self.db.add(row)
        self.db.commit()
        roles.assign_default_roles(self.db, entity=row)
        settings = {
            'config': self.config,
            'hub': Hub(ip='0.0.0.0', port=8081, connect_ip='jupyterhub', base_url='/hub/'),
            'spawner_class': self.spawner_class,
            'base_url': '/',
            'statsd': mock.Mock(),
            'internal_ssl': False,
        }
        user = User(row, settings)
        spawner = user.spawners['']
        server = orm.Server(base_url=f'/user/{username}/')
        self.db.add(server)
        self.db.commit()
        spawner.server = Server(orm_server=server)
        spawner.api_token = 'token'
        return spawner

    async def start(self, username, form=None):
        """Starts a user's server, with what the user chose in the form. The steps are those of User.spawn."""
        spawner = self.make_spawner(username)
        spawner.user_options = await read_form(spawner, form) if form else {}
        spawner.clear_state()
        with mock.patch.object(pwd, 'getpwnam', ACCOUNTS.__getitem__):
            await start_by_hooks(spawner)
        return spawner


async def start_by_hooks(spawner):
    await spawner.run_auth_state_hook(None)
    # JupyterHub 4 has no overrides of groups.
    for step in ('apply_group_overrides', 'run_pre_spawn_hook'):
        result = getattr(spawner, step, lambda: None)()
        if hasattr(result, '__await__'):
            await result
    await spawner.start()


async def read_form(spawner, form):
    options = spawner.run_options_from_form(form)
    return await options if hasattr(options, '__await__') else options
