"""The class and the real service, on the embedded engine: each understands the other."""

import asyncio
import json
import time
from unittest import mock

import swarmspawner
from support import NODE_IS_THERE, Process, ServedTestCase, needs
from swarmspawner import NO_ANSWER, Attempt, SpawnFailed
from test_request import SENT


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class WithTheService(ServedTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serve()
        cls.addClassCleanup(lambda: cls.service.end())

    @classmethod
    def serve(cls, **env):
        cls.service = Process('serve', until='listening on ([^"]+)', env={**cls.env, **env})

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.problem = None
        self.patch(mock.patch.object(swarmspawner, 'connect_problem', self.connect_problem))
        self.patch(mock.patch.object(swarmspawner, 'hub_problem', self.connect_problem))

    async def connect_problem(self, url):
        """Returns `problem` for every port, because the embedded engine starts nothing that listens."""
        return self.problem

    def spawner_of(self, image, server_name='', config=None, **more):
        container = {'container_spec': {'image': f'demo/{image}'}, 'networks': ['jupyterhub']}
        settings = {'service_url': self.service.found, 'stop_timeout': 2, 'start_timeout': 20, **container}
        return self.make_spawner('Ælfred@example.org', server_name, config={**settings, **(config or {})}, **more)

    async def failure_of(self, image, server_name):
        """Returns how a start fails. Checks that nothing is left of it after the stop."""
        spawner = self.spawner_of(image, server_name)
        with self.assertRaises(SpawnFailed) as raised:
            await spawner.start()
        await spawner.stop()
        await self.assert_gone(spawner)
        return str(raised.exception)

    async def assert_gone(self, *spawners):
        """Checks that the services are removed soon. Their containers may still be ending."""
        deadline = time.monotonic() + 5
        for spawner in spawners:
            while (await spawner._service.poll(spawner._server_key))['state'] not in ('stopping', 'absent'):
                self.assertLess(time.monotonic(), deadline)
                await asyncio.sleep(0.05)

    async def end_of(self, spawner):
        """Polls until the server has ended, and returns that status."""
        while True:
            status = await spawner.poll()
            if status is not None:
                return status
            await asyncio.sleep(0.1)

    async def test_a_server_starts_runs_and_stops_and_outlives_hub_and_service(self):
        spawner = self.spawner_of('notebook')
        watching = asyncio.ensure_future(self.watch(spawner))
        url = await spawner.start()
        self.assertRegex(url, r'^http://jupyter-[0-9a-f]{8}-1-[0-9a-f]{30}:8888$')
        messages = await watching
        self.assertIn('Service created', messages)
        self.assertEqual(len(messages), len(set(messages)))
        self.assertIsNone(await spawner.poll())
        state = spawner.get_state()
        self.assertEqual(state['url'], url)
        self.assertRegex(state['service_name'], r'^jupyter-[0-9a-f]{32}-1$')

        port = self.service.found.rsplit(':', 1)[1]
        self.service.end()
        self.assertIsNone(await spawner.poll())
        self.serve(PORT=port)

        after_restart = self.spawner_of('notebook')
        after_restart.load_state(state)
        self.assertIsNone(await after_restart.poll())
        self.give_row(after_restart)
        self.assertEqual(await after_restart.get_url(), f'{url}/user/alice/')
        await after_restart.stop()
        self.assertEqual(await self.end_of(after_restart), 0)

    async def watch(self, spawner):
        spawner._spawn_pending = True
        return [event['message'] async for event in spawner.progress()]

    async def test_a_start_is_found_again_if_the_hub_went_down_during_it(self):
        spawner = self.spawner_of('notebook', 'midway')
        request = Attempt(spawner).start_request()
        await spawner._service.call('start', request, 5)
        self.give_row(spawner)
        self.assertIsNone(await spawner.poll())
        self.patch(mock.patch.object(swarmspawner, 'LOOK_INTERVAL', 0.2))
        self.assertRegex(await spawner.get_url(), r'-midway-[0-9a-f]{30}:8888/')
        await spawner.stop()
        self.assertEqual(spawner.get_state()['spawn_id'], request['spawn_id'])

    async def test_starts_that_fail_say_why_and_leave_nothing(self):
        self.problem = 'Connection refused'
        words = {
            'image-missing': 'could not be fetched. Please choose another image',
            'crash-at-start': 'ended with an error (exit code 1). Please try again.',
            'no-suitable-node': 'No computer of this system',
            'bad-command': 'is missing, or cannot be run. Please choose',
        }
        failures = await asyncio.wait_for(asyncio.gather(*(self.failure_of(image, image) for image in words)), 15)
        for failure, expected in zip(failures, words.values()):
            self.assertIn(expected, failure)

    async def test_a_server_that_ends_is_polled_by_its_exit_code_and_then_forgotten(self):
        spawner = self.spawner_of('dies-later', 'later')
        await spawner.start()
        self.assertEqual(await self.end_of(spawner), 1)
        self.assertEqual(await self.end_of(spawner), 0)

    async def test_a_later_start_of_the_same_server_ends_an_earlier_one(self):
        earlier = self.spawner_of('pull-forever', 'twice')
        starting = asyncio.ensure_future(earlier.start())
        await asyncio.sleep(0.3)
        later = self.spawner_of('notebook', 'twice')
        await later.start()
        with self.assertRaises(SpawnFailed) as raised:
            await asyncio.wait_for(starting, 10)
        self.assertIn('start', str(raised.exception))
        self.assertIsNone(await later.poll())
        # This stop ends the earlier spawn, and not the server, which belongs to the later one.
        await earlier.stop()
        self.assertIsNone(await later.poll())
        await later.stop()

    async def test_a_start_that_is_stopped_or_cancelled_leaves_nothing(self):
        for name, end in (('stopped', lambda spawner, start: spawner.stop()), ('cancelled', cancel)):
            with self.subTest(name):
                spawner = self.spawner_of('pull-forever', name)
                start = asyncio.ensure_future(spawner.start())
                await asyncio.sleep(0.3)
                await end(spawner, start)
                with self.assertRaises((SpawnFailed, asyncio.CancelledError)):
                    await start
                await self.assert_gone(spawner)

    async def test_servers_of_any_names_are_apart(self):
        names = ['', '1', 'Lab', 'lab', '🚀', 'x' * 100]
        spawners = [self.spawner_of('notebook', name) for name in names]
        urls = await asyncio.gather(*(spawner.start() for spawner in spawners))
        self.assertEqual(len(set(urls)), len(names))
        self.assertEqual(await asyncio.gather(*(spawner.poll() for spawner in spawners)), [None] * len(names))
        await asyncio.gather(*(spawner.stop() for spawner in spawners))
        await self.assert_gone(*spawners)

    async def test_every_setting_is_one_that_the_service_knows(self):
        config = {**SENT, 'container_spec': {'image': 'demo/notebook'}, 'networks': ['jupyterhub'], 'mem_limit': '1G'}
        config['notebook_dir'] = '/home/jovyan/work'
        spawner = self.spawner_of('notebook', config={**config, 'cmd': ['a'], 'args': ['b'], 'environment': {'A': 1}})
        explained = await spawner._service.call('explain', Attempt(spawner).start_request(), 5)
        self.assertEqual(explained['warnings'], [])
        spec = json.dumps(explained['spec'])
        for words in ('"Args": ["a", "b"]', '"A=', '"JUPYTERHUB_USER=', '"Init": false', 'node.role==worker', '"vip"'):
            self.assertIn(words, spec)

    async def test_options_of_a_user_that_the_service_does_not_know_are_the_users_mistake(self):
        spawner = self.spawner_of('notebook', 'options', {'use_user_options': True}, user_options={'privileged': True})
        with self.assertRaises(SpawnFailed) as raised:
            await spawner.start()
        self.assertIn('privileged', str(raised.exception))
        self.assertEqual(raised.exception.status_code, 400)

    async def test_a_wrong_secret_fails_a_start_at_once_and_leaves_polls_alone(self):
        other = 'whsec_' + 'A' * 43 + '='
        spawner = self.spawner_of('notebook', 'secret', {'service_secret': other})
        spawner.load_state({'spawn_id': 's1'})
        self.assertIsNone(await spawner.poll())
        with self.assertRaises(SpawnFailed) as raised, self.assertLogs(spawner.log, 'ERROR') as logged:
            await spawner.start()
        self.assertEqual(str(raised.exception), NO_ANSWER)
        self.assertIn('No secret of ours', logged.output[0])

    async def test_a_server_that_is_deleted_is_forgotten(self):
        spawner = self.spawner_of('notebook', 'deleted')
        await spawner.start()
        await spawner.delete_forever()
        await self.assert_gone(spawner)


async def cancel(spawner, start):
    start.cancel()
