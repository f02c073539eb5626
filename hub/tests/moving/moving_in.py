"""What the tests of this directory share: an embedded engine, services with policies, and the old spawners' Pythons."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

from support import HUB, ROOT, Process, ServedTestCase

# hub-venv.sh makes the virtual environments of the old spawners beside the one that runs these tests.
VENVS = pathlib.Path(sys.prefix).parent
PYTHON = '/usr/bin/python3'

# What the configurations here need beyond what every admin may use.
POLICY = {
    'admin': {
        'capabilities': ['SYS_ADMIN', 'NET_ADMIN'],
        'configs': ['jupyter_settings'],
        'mounts': {'bind': ['/mnt', '/srv', '/home/users', '/keys']},
    }
}
# What their placement asks for.
NODE_LABELS = {'notebooks': 'yes', 'gpu': 'yes', 'rack': 'a'}


def old_python(series):
    """Returns the command of a Python that has old spawners. It makes the virtual environment if that is missing."""
    return [str(ROOT / 'lab/engine/hub-venv.sh'), series, str(VENVS), PYTHON]


def ask_old(series, questions):
    """Returns the answers of old_services.py in the virtual environment of a series."""
    program = pathlib.Path(__file__).with_name('old_services.py')
    done = subprocess.run([*old_python(series), program], input=json.dumps(questions), capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f'{series}: {done.stderr}')
    return json.loads(done.stdout)


class EngineConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('engine')
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


class MovingInTestCase(ServedTestCase):
    """Has two services: `strict` has the default policy, and `open` one that allows what the configurations need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        cls.label_node()
        cls.strict = cls.serve()
        cls.open = cls.serve(SWARMSPAWNER_POLICY=json.dumps(POLICY))
        cls.network_names = {network['Id']: network['Name'] for network in cls.ask_engine('/networks')}

    @classmethod
    def serve(cls, **env):
        service = Process('serve', until='listening on ([^"]+)', env={**cls.env, **env})
        cls.addClassCleanup(service.end)
        return service

    @classmethod
    def ask_engine(cls, path, body=None):
        connection = EngineConnection(cls.env['DOCKER_HOST'].removeprefix('unix://'))
        headers = {'Content-Type': 'application/json'}
        connection.request('GET' if body is None else 'POST', path, body and json.dumps(body), headers)
        answer = connection.getresponse().read()
        return json.loads(answer) if answer else None

    @classmethod
    def label_node(cls):
        [node] = cls.ask_engine('/nodes')
        spec = {**node['Spec'], 'Labels': NODE_LABELS}
        cls.ask_engine(f'/nodes/{node["ID"]}/update?version={node["Version"]["Index"]}', spec)

    @classmethod
    def run_commands(cls, commands):
        """Runs `python3 -m swarmspawner` for each (arguments, environment). Returns exit codes and what was printed."""
        questions = [{'argv': list(map(str, argv)), 'environ': environ} for argv, environ in commands]
        secret = {'SWARMSPAWNER_SECRET': cls.env['SWARMSPAWNER_SECRET']}
        done = subprocess.run(
            [sys.executable, pathlib.Path(__file__).with_name('run_commands.py')],
            input=json.dumps(questions),
            cwd=cls.directory,
            env={'PATH': os.environ['PATH'], 'PYTHONPATH': str(HUB), **secret},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout)

    async def asyncSetUp(self):
        await super().asyncSetUp()
        os.environ['SWARMSPAWNER_SECRET'] = self.env['SWARMSPAWNER_SECRET']
