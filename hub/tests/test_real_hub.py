"""The class in a real hub of the installed version, over the real service and the embedded engine."""

import asyncio
import pathlib
import tempfile
import time

from hub_process import HubProcess
from support import NODE_IS_THERE, SECRET, Process, ServedTestCase, needs


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class RealHub(ServedTestCase):
    config = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = Process('serve', until='listening on ([^"]+)', env=cls.env)
        cls.addClassCleanup(lambda: cls.service.end())

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.secret = pathlib.Path(directory.name) / 'secret'
        self.secret.write_text(SECRET)
        env = {'SWARMSPAWNER_URL': self.service.found, 'SWARMSPAWNER_SECRET_FILE': str(self.secret)}
        self.hub = HubProcess(directory.name, env, {'SwarmSpawner': {'stop_timeout': 5}})
        self.addCleanup(self.hub.end)

    async def start_server(self, user, path='server', body=None):
        """Starts a server and returns the hub's answer once that is over."""
        await self.hub.ask('POST', f'/users/{user}')
        answer = await self.hub.ask('POST', f'/users/{user}/{path}', body)

        async def is_over():
            servers = await self.hub.servers(user)
            return not any(server['pending'] for server in servers.values())

        await self.hub.until(is_over)
        return answer

    async def is_ready(self, user, name=''):
        return (await self.hub.servers(user)).get(name, {}).get('ready', False)


class Restart(RealHub):
    async def test_of_the_hub_keeps_a_server_while_the_secret_cannot_be_read(self):
        await self.hub.start()
        await self.start_server('alice')
        self.assertTrue(await self.is_ready('alice'), self.hub.log)
        self.hub.end()
        hidden = self.secret.rename(self.secret.with_name('hidden'))
        await self.hub.start()
        await self.hub.until(lambda: self.is_ready('alice'))
        for words in ('not running', 'Failed to poll', 'appears to have stopped', 'invalid url'):
            self.assertNotIn(words, self.hub.log)
        self.assertIn('SWARMSPAWNER_SECRET_FILE) cannot be read', self.hub.log)
        self.assertIn('No server can be started, stopped or looked at', self.hub.log)
        hidden.rename(self.secret)
        await self.hub.ask('DELETE', '/users/alice/server')
        self.assertFalse(await self.is_ready('alice'))
        self.assertNotIn('may be left in the swarm', self.hub.log)
