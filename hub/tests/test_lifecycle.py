"""The class under the User.spawn and User.stop of the installed hub."""

import asyncio

from jupyterhub import orm
from support import HUB_VERSION, ElsewhereTestCase, ScriptedTestCase, serve_notebook, state_of
from swarmspawner import NO_ANSWER, Refused, SpawnFailed, Unreachable

UNAUTHORIZED = Refused('No secret of ours made this signature', status=401, code='unauthorized')


class Lifecycle(ElsewhereTestCase, ScriptedTestCase):
    config = {'start_timeout': 60, 'poll_interval': 0}
    # The hub looks for the notebook itself, over real HTTP.
    patience = 0.02

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.db.add(orm.OAuthClient(identifier='jupyterhub'))
        self.user = self.make_user()

    async def spawn(self):
        await self.user.spawn()

    async def fail(self):
        with self.assertRaises(Exception) as raised:
            await self.spawn()
        return raised.exception

    @property
    def row(self):
        return self.user.orm_spawners['']

    async def test_the_hub_knows_a_server_that_runs_and_stops_it(self):
        url = serve_notebook(self)
        service = self.script(state_of(url=url), state_of('absent'))
        await self.spawn()
        self.assertEqual(f'http://{self.row.server.ip}:{self.row.server.port}', url)
        self.assertEqual(self.row.state['spawn_id'], service.sent('start')[0]['spawn_id'])
        self.assertEqual(service.sent('start')[0]['env']['JUPYTERHUB_USER'], 'alice')
        await self.user.stop()
        self.assertEqual(service.verbs, ['start', 'stop'])
        self.assertEqual(self.row.state, {})
        self.assertIsNone(self.row.server)

    async def test_a_failed_start_ends_with_its_sentence_and_a_stop(self):
        service = self.script(state_of('failed', reason='No such image: x', user_message='No <x>.'), state_of('absent'))
        error = await self.fail()
        self.assertIsInstance(error, SpawnFailed)
        self.assertEqual(error.jupyterhub_message, 'No <x>.')
        self.assertEqual(str(error), error.jupyterhub_message)
        # The label in the metrics. Hubs before 6 would show it in place of the sentence.
        self.assertEqual(error.reason, None if HUB_VERSION < (6, 0) else 'failed')
        self.assertEqual(service.verbs, ['start', 'stop'])
        self.assertIsNone(self.row.server)

    async def test_a_refused_start_ends_at_once(self):
        self.script(*[UNAUTHORIZED] * 100)
        begun = self.loop.time()
        self.assertEqual(str(await self.fail()), NO_ANSWER)
        self.assertLess(self.loop.time() - begun, 1)

    async def test_a_start_that_takes_too_long_ends_with_our_sentence_and_not_the_hubs(self):
        starting = state_of('starting', timeout_message='Still being fetched.')
        self.script(*[lambda data: state_of('absent') if 'now' in data else starting] * 100)
        error = await self.fail()
        self.assertIsInstance(error, SpawnFailed)
        self.assertEqual(error.jupyterhub_message, 'Still being fetched.')

    async def test_a_start_that_the_hub_gives_up_leaves_nothing(self):
        """Our limit comes before the hub's, unless a hook has used up time. Then the hub's limit ends the start."""
        answer = self.loop.create_future()
        service = self.script(answer, state_of('absent'), state_of('absent'), state_of('absent'))
        spawner = self.user.spawners['']
        spawning = asyncio.ensure_future(self.spawn())
        await self.settle()
        # From here on, our limit comes after the hub's.
        spawner._attempt.deadline += 1000
        await asyncio.sleep(61)
        answer.set_result(state_of('starting'))
        with self.assertRaises(Exception):
            await spawning
        await asyncio.sleep(61)
        self.assertEqual(service.verbs[0], 'start')
        self.assertGreaterEqual(service.verbs.count('stop'), 2)
        self.assertEqual(service.verbs[-1], 'stop')
        self.assertEqual({data['spawn_id'] for data in service.sent('stop')}, {service.sent('start')[0]['spawn_id']})
        self.assertIsNone(self.row.server)

    async def test_a_stop_ends_even_if_the_service_cannot_be_reached(self):
        url = serve_notebook(self)
        service = self.script(state_of(url=url), *[Unreachable('refused')] * 100)
        await self.spawn()
        with self.assertRaises(Unreachable):
            await self.user.stop()
        self.assertGreater(len(service.sent('stop')), 5)
