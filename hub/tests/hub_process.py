"""A real JupyterHub in a process of its own. It has the version that runs the tests, and uses our class."""

import asyncio
import contextlib
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import time

from forked import Forked
from tornado.httpclient import AsyncHTTPClient

CONFIG = pathlib.Path(__file__).with_name('hub_config.py')
START_TIMEOUT = 60


def unused_port():
    """Returns a free port below 32768. From there on, Linux may give it to an outgoing connection first."""
    while True:
        port = random.randrange(20000, 32768)
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(('127.0.0.1', port))
            return port


class HubProcess:
    """A hub with a database of its own. A test may end it and start it again. `is_forked`: it need not import anew."""

    def __init__(self, directory, env, config, is_forked=True):
        self._directory = pathlib.Path(directory)
        self._env = env
        self._token = os.urandom(16).hex()
        self._ports = {name: unused_port() for name in ('hub_port', 'proxy_port', 'notebook_port')}
        self.config = config
        self._is_forked = is_forked
        self._log = self._directory / 'hub.log'
        self._process = None

    async def start(self, **env):
        """Starts the hub and returns once it answers. `env` is added to its environment."""
        settings = json.dumps({**self._ports, 'token': self._token, 'config': self.config})
        command = ['jupyterhub', '-f', str(CONFIG)]
        env = {'PATH': os.environ['PATH'], 'TEST_HUB': settings, **self._env, **env}
        with self._log.open('wb') as log:
            how = {'cwd': self._directory, 'env': env, 'stdout': log, 'stderr': log}
            if self._is_forked:
                self._process = Forked(*command, **how)
            else:
                self._process = subprocess.Popen([sys.executable, '-m', *command], **how)
        await self.until(lambda: self._answers(), START_TIMEOUT)

    async def _answers(self):
        try:
            return (await self.ask('GET', '')).code == 200
        except OSError:
            return False

    def end(self):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=30)

    async def until_ended(self, timeout=20):
        await asyncio.get_running_loop().run_in_executor(None, self._process.wait, timeout)

    def kill(self):
        """Kills the hub, as if its node lost power."""
        self._process.kill()
        self._process.wait(timeout=30)

    @property
    def origin(self):
        return f'http://127.0.0.1:{self._ports["hub_port"]}'

    @property
    def log(self):
        return self._log.read_text(errors='replace')

    @property
    def exit_code(self):
        return self._process.poll()

    async def ask(self, method, path, body=None, timeout=60):
        """Returns the answer to a call of the hub's API."""
        return await AsyncHTTPClient().fetch(
            f'http://127.0.0.1:{self._ports["hub_port"]}/hub/api{path}',
            method=method,
            headers={'Authorization': f'token {self._token}'},
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
            request_timeout=timeout,
            raise_error=False,
        )

    async def servers(self, user):
        """Returns a user's servers by their names, as the hub's API describes them."""
        return json.loads((await self.ask('GET', f'/users/{user}')).body)['servers']

    async def until(self, is_so, timeout=20):
        """Waits until `is_so` is true. Fails the test with the hub's log if the hub ends or the time is over."""
        deadline = time.monotonic() + timeout
        while not await is_so():
            if self.exit_code is not None or time.monotonic() > deadline:
                raise AssertionError(f'The hub has ended ({self.exit_code}), or it took too long:\n{self.log}')
            await asyncio.sleep(0.1)
