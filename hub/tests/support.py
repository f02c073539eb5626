"""What the tests share: a service that answers by a script, spawners as a real hub makes them, a clock that jumps."""

import asyncio
import base64
import functools
import hashlib
import json
import logging
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import types
import unicodedata
import unittest
from unittest import mock

import jupyterhub
import jupyterhub.traitlets
import swarmspawner
from jupyterhub import orm, roles
from jupyterhub.objects import Hub, Server
from jupyterhub.user import User
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from swarmspawner import Service, SwarmSpawner
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from traitlets.config import Config

HUB_VERSION = tuple(map(int, jupyterhub.__version__.split('.')[:2]))
HUB = pathlib.Path(__file__).resolve().parent.parent
ROOT = HUB.parent

PROGRAM = ROOT / 'dist' / 'cli.js'
NODE = shutil.which('node')
NODE_IS_THERE = NODE and PROGRAM.is_file()

URL = 'http://service.test'
SECRET = 'whsec_' + base64.b64encode(b'd' * 32).decode()
SERVICE_NAME = 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'
SERVER_URL = f'http://{SERVICE_NAME}:8888'

for logger in ('traitlets', 'tornado', 'asyncio'):
    logging.getLogger(logger).addHandler(logging.NullHandler())
    logging.getLogger(logger).propagate = False


find_entry_points = jupyterhub.traitlets.entry_points


@functools.cache
def entry_points_in(path, group):
    return find_entry_points(group=group)


# Each JupyterHub looks for entry points three times, and would read the metadata of all packages each time.
jupyterhub.traitlets.entry_points = lambda *, group: entry_points_in(tuple(sys.path), group)


def needs(condition, reason):
    """Skips a test if the condition is false. In CI the test runs, and fails if something is missing."""
    return unittest.skipUnless(condition or os.environ.get('CI') == 'true', reason)


def state_of(state='running', **more):
    """Returns a state as the service sends it. ScriptedService adds the spawn_id of the last start if it has none."""
    dead = {'absent': 0, 'exited': 0, 'failed': 1}
    return {
        'state': state,
        'status': dead.get(state),
        'service_name': SERVICE_NAME,
        'service_id': None if state == 'absent' else 'service1',
        'url': SERVER_URL if state == 'running' else None,
        'reason': None,
        'task': None,
        'events': [],
        'cursor': 'c',
        **more,
    }


def service_name(username, server_name, service_prefix, **more):
    """Returns the name of a server's service. A second implementation of the rule, to compare the class with."""
    stem = f'{service_prefix}-{hashlib.md5(username.encode()).hexdigest()}-'
    room = 63 - len(stem)
    if server_name == '':
        return f'{stem}1'
    is_plain = re.fullmatch('[a-z0-9]+([-_]+[a-z0-9]+)*', server_name)
    looks_hashed = re.search('(^|--)[0-9a-f]{8}$', server_name)
    if is_plain and not looks_hashed and server_name != '1' and len(server_name) <= room:
        return stem + server_name
    mark = hashlib.sha256(server_name.encode()).hexdigest()[:8]
    plain = re.sub('[^a-z0-9]+', '-', unicodedata.normalize('NFKD', server_name).lower()).strip('-')
    slug = plain[: max(0, room - len(mark) - 2)].rstrip('-')
    return stem + (f'{slug}--{mark}' if slug else mark)


def of_server(state, server, port=8888):
    """Returns a state of alice's default server, changed into another server's. Anything else stays unchanged."""
    if not isinstance(state, dict) or state.get('service_name') != SERVICE_NAME:
        return state
    name = service_name(**server)
    url = f'http://{name}:{port}' if state['url'] == SERVER_URL else state['url']
    return {**state, 'service_name': name, 'url': url}


def event(message, progress=50, seq=None):
    return {'seq': seq or message, 'time': '2026-01-01T00:00:00Z', 'progress': progress, 'message': message}


class ScriptedService(Service):
    """A Service with a list of answers in place of HTTP: exceptions, dicts, futures, or functions that return one."""

    def __init__(self, answers):
        super().__init__(URL, SECRET)
        self.answers = list(answers)
        self.calls = []

    async def call(self, verb, data, timeout):
        self.calls.append((verb, json.loads(json.dumps(data))))
        if not self.answers:
            raise AssertionError(f'{verb}: there is no answer in the script')
        answer = self.answers.pop(0)
        if callable(answer):
            answer = answer(data)
        if asyncio.isfuture(answer) or asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        if 'servers' in answer and isinstance(answer['servers'], list):
            return {'servers': [of_server(*pair) for pair in zip(answer['servers'], data['servers'])]}
        if 'service_name' not in answer:
            return answer
        # The real service reads the spawn_id from a label. Here it is that of the last start.
        starts = [data['spawn_id'] for verb, data in self.calls if verb == 'start']
        answer = {'spawn_id': starts[-1] if starts and answer['service_id'] else None, **answer}
        if verb == 'poll':
            return {'servers': [of_server(answer, server) for server in data['servers']]}
        return of_server(answer, data['server'], data.get('port', 8888))

    @property
    def verbs(self):
        return [verb for verb, _ in self.calls]

    def sent(self, verb):
        """Returns the data of each call of a verb."""
        return [data for called, data in self.calls if called == verb]


def jump(loop, patience):
    """Makes the loop's clock jump to the next timer whenever nothing has happened for `patience` seconds."""
    select, now = loop._selector.select, loop.time
    jumped = 0.0

    def select_or_jump(timeout):
        nonlocal jumped
        events = select(None if timeout is None else min(timeout, patience))
        if not events and timeout:
            jumped += timeout
        return events

    loop._selector.select = select_or_jump
    loop.time = lambda: now() + jumped


@functools.cache
def new_database():
    """Returns the database of a new hub, as sqlite3's connection. Like orm.new_session_factory, without its migrations."""
    engine = create_engine('sqlite://')
    orm.Base.metadata.create_all(engine)
    with sessionmaker(bind=engine)() as session:
        for role in roles.get_default_roles():
            roles.create_role(session, role)
    return engine.raw_connection().driver_connection


class HubTestCase(unittest.IsolatedAsyncioTestCase):
    """Has a hub's database, and makes spawners as the hub does."""

    config = {}
    # Admins read what is wrong with a setting, students only that something is.
    is_admin = False

    async def asyncSetUp(self):
        # unittest has asyncio note the stack of each call, which takes up to half of the time.
        asyncio.get_running_loop().set_debug(False)
        engine = create_engine('sqlite://')
        connection = engine.raw_connection()
        new_database().backup(connection.driver_connection)
        connection.close()
        self.db = sessionmaker(bind=engine, expire_on_commit=False)()
        self.addCleanup(engine.dispose)
        self.addCleanup(self.db.close)
        environ = {name: value for name, value in os.environ.items() if not name.startswith('SWARMSPAWNER_')}
        self.patch(mock.patch.dict(os.environ, environ, clear=True))

    def patch(self, patcher):
        self.addCleanup(patcher.stop)
        return patcher.start()

    def make_user(self, name='alice', config=None, **settings):
        """Returns a user of a hub. `config` has the values of c.SwarmSpawner."""
        row = self.db.query(orm.User).filter_by(name=name).first()
        if row is None:
            row = orm.User(name=name, admin=self.is_admin)
            self.db.add(row)
            self.db.commit()
            roles.assign_default_roles(self.db, entity=row)
        hub = Hub(ip='0.0.0.0', port=8081, connect_ip='hub.test', base_url='/hub/')
        config = {'service_url': URL, 'service_secret': SECRET, **self.config, **(config or {})}
        return User(
            row,
            {
                'config': Config({'SwarmSpawner': config}),
                'hub': hub,
                'spawner_class': SwarmSpawner,
                'base_url': '/',
                'statsd': mock.Mock(),
                'internal_ssl': False,
                **settings,
            },
        )

    def make_spawner(self, username='alice', server_name='', spawner_class=SwarmSpawner, config=None, **traits):
        """Returns a new spawner, as the hub makes it. `traits` are set afterwards."""
        user = self.make_user(username, config)
        if server_name not in user.orm_spawners:
            row = orm.Spawner(name=server_name)
            self.db.add(row)
            row.user = user.orm_user
            self.db.commit()
        spawner = user._new_spawner(server_name, spawner_class=spawner_class)
        spawner.api_token = 'token'
        for name, value in traits.items():
            setattr(spawner, name, value)
        return spawner

    def give_row(self, spawner):
        """Gives a spawner the row of a server. That is all that a hub has after it went down during a start."""
        row = orm.Server(proto='http', ip='old.test', port=1, base_url='/user/alice/')
        self.db.add(row)
        self.db.commit()
        spawner.server = Server(orm_server=row)


def serve_notebook(test):
    """Starts something that answers as a notebook server does, until the test ends. Returns its URL."""

    class Handler(RequestHandler):
        def get(self):
            self.set_header('X-JupyterHub-Version', '0')

    sock, port = bind_unused_port()
    server = HTTPServer(Application([('/.*', Handler)]))
    server.add_sockets([sock])
    test.addCleanup(server.stop)
    return f'http://127.0.0.1:{port}'


class Process:
    """Runs a command of the service's program, and waits until its output shows that it is ready."""

    def __init__(self, *command, until, env):
        self._process = subprocess.Popen(
            [NODE, str(PROGRAM), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={'PATH': os.environ['PATH'], **env},
        )
        said = ''
        for line in self._process.stdout:
            said += line
            found = re.search(until, line)
            if found:
                self.found = found.group(1)
                return
        raise AssertionError(f'{command} ended:\n{said}')

    def send_signal(self, number):
        self._process.send_signal(number)

    def end(self):
        self._process.terminate()
        self._process.communicate(timeout=10)


class ServedTestCase(HubTestCase):
    """Has an embedded engine. `env` is the environment for a service that uses it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        env = {'HOME': directory.name, 'SWARMSPAWNER_SECRET': SECRET, 'PORT': '0'}
        socket = pathlib.Path(directory.name) / 'engine.sock'
        engine = Process('engine', '--listen', f'unix://{socket}', until='DOCKER_HOST=(.+)', env=env)
        cls.addClassCleanup(engine.end)
        cls.env = {**env, 'DOCKER_HOST': engine.found}


class ElsewhereTestCase(HubTestCase):
    """Accepts every URL of a server, so that servers of a test may run on this machine."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.patch(mock.patch.object(swarmspawner, 'is_url_of', lambda *args: True))


class ScriptedTestCase(HubTestCase):
    """Spawners whose service answers by a script, in a time that jumps."""

    patience = 0

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.loop = asyncio.get_running_loop()
        jump(self.loop, self.patience)
        clock = types.SimpleNamespace(monotonic=self.loop.time, time=time.time)
        self.patch(mock.patch.object(swarmspawner, 'time', clock))
        self.ports = {}
        self.patch(mock.patch.object(swarmspawner, 'connect_problem', self.connect_problem))
        self.hub_looks = {}
        self.patch(mock.patch.object(swarmspawner, 'hub_problem', self.hub_problem))

    async def hub_problem(self, url):
        """The same as `connect_problem`, for the look of the hub's own client."""
        answers = self.hub_looks.get(url, [None])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def connect_problem(self, url):
        """Returns the next answer of the test for a URL. The last one stays. Without any, the port is open."""
        answers = self.ports.get(url, [None])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def script(self, *answers):
        """Gives the service these answers, from now on."""
        service = ScriptedService(answers)
        swarmspawner._services[self.loop] = {(URL, SECRET, '', '', '', ''): service}
        return service

    async def settle(self):
        """Lets all tasks run until each of them waits for something."""
        for _ in range(20):
            await asyncio.sleep(0)
