import asyncio

from support import ScriptedTestCase, state_of
from swarmspawner import Refused, SpawnFailed, Unreachable

UNAUTHORIZED = Refused('No secret of ours made this signature', status=401, code='unauthorized')


class Stop(ScriptedTestCase):
    async def start(self, *answers):
        """A spawner whose server runs, and whose service goes on with these answers."""
        self.service = self.script(state_of(), *answers)
        spawner = self.make_spawner(stop_timeout=60)
        await spawner.start()
        return spawner

    async def test_removes_the_spawn_that_the_hub_means_and_does_not_wait_for_its_container(self):
        spawner = await self.start(state_of('absent'))
        await spawner.stop()
        server = {'username': 'alice', 'server_name': '', 'service_prefix': 'jupyter'}
        spawn_id = self.service.sent('start')[0]['spawn_id']
        self.assertEqual(self.service.sent('stop'), [{'server': server, 'now': True, 'spawn_id': spawn_id}])

    async def test_after_a_restart_of_the_hub_removes_what_the_state_names(self):
        service = self.script(state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        await spawner.stop()
        self.assertEqual(service.sent('stop')[0]['spawn_id'], 's1')

    async def test_without_a_known_spawn_removes_whatever_has_the_servers_name(self):
        service = self.script(state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'service_id': 'of the old class'})
        await spawner.stop()
        self.assertNotIn('spawn_id', service.sent('stop')[0])

    async def test_is_tried_again_until_the_service_answers(self):
        spawner = await self.start(Unreachable('refused'), Unreachable('503'), UNAUTHORIZED, state_of('absent'))
        await spawner.stop()
        self.assertEqual(self.service.verbs, ['start', *['stop'] * 4])

    async def test_raises_what_is_in_the_way_after_stop_timeout_and_not_before(self):
        for problem in (Unreachable('refused'), UNAUTHORIZED):
            with self.subTest(problem):
                spawner = await self.start(*[problem] * 100)
                begun = self.loop.time()
                with self.assertRaises(type(problem)), self.assertLogs(spawner.log, 'ERROR') as logged:
                    await spawner.stop()
                self.assertGreater(self.loop.time() - begun, 50)
                self.assertLess(self.loop.time() - begun, 61)
                self.assertIn('its service may be left in the swarm', logged.output[0])

    async def test_while_the_start_is_on_its_way_is_sent_again_once_that_has_arrived(self):
        arrived = self.loop.create_future()
        service = self.script(arrived, state_of('absent'), state_of('absent'))
        spawner = self.make_spawner()
        starting = asyncio.ensure_future(spawner.start())
        await self.settle()
        stopping = asyncio.ensure_future(spawner.stop())
        await self.settle()
        self.assertEqual(service.verbs, ['start', 'stop'])
        self.assertFalse(stopping.done())
        arrived.set_result(state_of('starting'))
        await stopping
        self.assertEqual(service.verbs, ['start', 'stop', 'stop'])
        spawn_id = service.sent('start')[0]['spawn_id']
        self.assertEqual([data['spawn_id'] for data in service.sent('stop')], [spawn_id] * 2)
        with self.assertRaises(SpawnFailed):
            await starting

    async def test_of_a_start_that_was_never_sent_asks_nobody(self):
        service = self.script()
        spawner = self.make_spawner(config={'netwerks': []})
        with self.assertRaises(SpawnFailed):
            await spawner.start()
        await spawner.stop()
        self.assertEqual(service.calls, [])

    async def test_of_a_start_that_was_refused_does_not_keep_the_user_waiting(self):
        self.script(*[UNAUTHORIZED] * 100)
        spawner = self.make_spawner()
        with self.assertRaises(SpawnFailed):
            await spawner.start()
        begun = self.loop.time()
        try:
            await spawner.stop()
        except Refused:
            pass
        self.assertLess(self.loop.time() - begun, 1)


class DeleteForever(ScriptedTestCase):
    async def test_tells_the_service_to_forget_the_server(self):
        service = self.script({'removed': [], 'failed': []})
        await self.make_spawner('bob', 'lab').delete_forever()
        ((verb, data),) = service.calls
        self.assertEqual(verb, 'forget')
        self.assertEqual(data['server']['username'], 'bob')
        self.assertEqual(data['server']['server_name'], 'lab')


class State(ScriptedTestCase):
    async def test_holds_what_finds_the_server_again_and_no_secret(self):
        self.script(state_of())
        spawner = self.make_spawner()
        self.assertEqual(spawner.get_state(), {})
        url = await spawner.start()
        state = spawner.get_state()
        self.assertEqual(set(state), {'service_id', 'service_name', 'spawn_id', 'url'})
        self.assertEqual((state['service_id'], state['url']), ('service1', url))

    async def test_survives_a_restart_of_the_hub(self):
        self.script(state_of())
        spawner = self.make_spawner()
        await spawner.start()
        other = self.make_spawner()
        other.load_state(spawner.get_state())
        self.assertEqual(other.get_state(), spawner.get_state())

    async def test_is_empty_once_cleared(self):
        self.script(state_of())
        spawner = self.make_spawner()
        await spawner.start()
        spawner.clear_state()
        self.assertEqual(spawner.get_state(), {})
        self.assertEqual(await spawner.poll(), 0)

    async def test_of_the_old_class_names_a_server_to_ask_for(self):
        service = self.script(state_of())
        spawner = self.make_spawner()
        spawner.load_state({'service_id': 'abc'})
        self.assertIsNone(await spawner.poll())
        self.assertEqual(service.verbs, ['poll'])
