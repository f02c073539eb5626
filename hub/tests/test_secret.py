"""The file with the secret that signs the calls: it may be missing, replaced, and put back."""

import pathlib
import tempfile
from unittest import mock

import swarmspawner
from support import SECRET, state_of
from swarmspawner import Refused, SpawnFailed
from test_http import HttpTestCase, is_signed


class SecretFile(HttpTestCase):
    is_admin = True

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name) / 'secret'
        self.path.write_text(f'{SECRET}\n')
        config = {'service_url': self.url, 'service_secret': '', 'service_secret_file': str(self.path)}
        self.spawner = self.make_spawner(config={**config, 'stop_timeout': 1})
        self.spawner.load_state({'spawn_id': 's1'})
        self.answers(200, {'servers': [state_of('exited', status=3)]})

    async def test_the_secret_of_the_file_signs_the_calls(self):
        self.assertEqual(await self.spawner.poll(), 3)
        self.assertTrue(is_signed(self.requests[0]))

    async def test_the_file_is_read_again_with_each_call(self):
        self.path.write_text('whsec_' + 'A' * 43 + '=')
        await self.spawner.poll()
        self.path.write_text(SECRET)
        await self.spawner.poll()
        self.assertEqual([is_signed(request) for request in self.requests], [False, True])

    async def test_an_unreadable_file_leaves_the_server_as_it_is(self):
        for break_file in (self.path.unlink, lambda: self.path.mkdir()):
            break_file()
            with self.assertLogs(self.spawner.log, 'WARNING') as logged:
                swarmspawner._services.clear()
                self.assertIsNone(await self.spawner.poll())
            told = f'service_secret_file: {self.path} (SWARMSPAWNER_SECRET_FILE) cannot be read'
            self.assertIn(told, logged.output[0])
        self.assertEqual(self.requests, [])
        self.path.rmdir()
        self.path.write_text(SECRET)
        self.assertEqual(await self.spawner.poll(), 3)

    async def test_an_unreadable_file_fails_a_start_that_says_what_to_do(self):
        self.path.unlink()
        with self.assertRaises(SpawnFailed) as raised:
            await self.spawner.start()
        self.assertIn('tell your administrator', str(raised.exception))
        self.assertIn('SWARMSPAWNER_SECRET_FILE', str(raised.exception))

    async def test_a_stop_waits_for_a_file_that_cannot_be_read(self):
        self.path.unlink()

        async def sleep(seconds, real=swarmspawner.asyncio.sleep):
            self.path.write_text(SECRET)
            await real(0)

        self.answers(200, state_of('absent'))
        self.patch(mock.patch.object(swarmspawner.asyncio, 'sleep', sleep))
        await self.spawner.stop()
        self.assertEqual(len(self.requests), 1)

    async def test_a_file_that_stays_unreadable_fails_a_stop(self):
        self.path.unlink()
        with self.assertRaises(Refused) as raised, self.assertLogs(self.spawner.log, 'ERROR') as logged:
            await self.spawner.stop()
        self.assertIn('cannot be read', str(raised.exception))
        self.assertIn('may be left in the swarm', logged.output[0])

    async def test_a_file_without_a_secret_is_not_quoted(self):
        for content in (b'', b'hunter2-hunter2', b'whsec_\xff\xfe', b'x' * 100_000):
            with self.subTest(content[:10]):
                self.path.write_bytes(content)
                with self.assertRaises(SpawnFailed) as raised:
                    await self.spawner.start()
                self.assertIn('24 to 64 bytes', str(raised.exception))
                self.assertNotIn('hunter2', str(raised.exception))
        self.assertEqual(self.requests, [])

    async def test_the_file_is_not_read_if_the_secret_itself_is_set(self):
        spawner = self.make_spawner(config={'service_url': self.url, 'service_secret_file': '/nonexistent'})
        spawner.load_state({'spawn_id': 's1'})
        self.assertEqual(await spawner.poll(), 3)
