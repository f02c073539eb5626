import asyncio

from support import ScriptedTestCase, state_of
from swarmspawner import Refused, SpawnFailed, Unreachable

UNAUTHORIZED = Refused('No secret of ours made this signature', status=401, code='unauthorized')


class Stop(ScriptedTestCase):
    async def start(self, *answers):
        """Returns a spawner whose server runs. Its service gives these answers next."""
        self.service = self.script(state_of(), *answers)
        spawner = self.make_spawner(stop_timeout=60)
        await spawner.start()
        return spawner

    async def test_a_stop_removes_the_spawn_of_the_hub_and_does_not_wait_for_its_container(self):
        spawner = await self.start(state_of('absent'))
        await spawner.stop()
        server = {'username': 'alice', 'server_name': '', 'service_prefix': 'jupyter'}
        spawn_id = self.service.sent('start')[0]['spawn_id']
        self.assertEqual(self.service.sent('stop'), [{'server': server, 'now': True, 'spawn_id': spawn_id}])

    async def test_a_stop_after_a_restart_of_the_hub_removes_what_the_state_names(self):
        service = self.script(state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        await spawner.stop()
        self.assertEqual(service.sent('stop')[0]['spawn_id'], 's1')

    async def test_a_stop_without_a_known_spawn_removes_whatever_has_the_servers_name(self):
        service = self.script(state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'service_id': 'of the old class'})
        await spawner.stop()
        self.assertNotIn('spawn_id', service.sent('stop')[0])

    async def test_a_stop_is_tried_again_until_the_service_answers(self):
        spawner = await self.start(Unreachable('refused'), Unreachable('503'), UNAUTHORIZED, state_of('absent'))
        await spawner.stop()
        self.assertEqual(self.service.verbs, ['start', *['stop'] * 4])

    async def test_a_stop_raises_the_error_after_stop_timeout_and_not_before(self):
        for problem in (Unreachable('refused'), UNAUTHORIZED):
            with self.subTest(problem):
                spawner = await self.start(*[problem] * 100)
                begun = self.loop.time()
                with self.assertRaises(type(problem)), self.assertLogs(spawner.log, 'ERROR') as logged:
                    await spawner.stop()
                self.assertGreater(self.loop.time() - begun, 50)
                self.assertLess(self.loop.time() - begun, 61)
                self.assertIn('its service may be left in the swarm', logged.output[0])

    async def test_a_stop_during_the_call_of_a_start_is_sent_again_after_it(self):
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

    async def test_a_stop_of_a_start_that_was_never_sent_makes_no_call(self):
        service = self.script()
        spawner = self.make_spawner(config={'netwerks': []})
        with self.assertRaises(SpawnFailed):
            await spawner.start()
        await spawner.stop()
        self.assertEqual(service.calls, [])


class Final(ScriptedTestCase):
    async def test_a_stop_tries_final_refusals_once_and_others_again(self):
        healing = (
            Refused('no secret of ours', status=401, code='unauthorized'),
            Refused('404, and not an answer of SwarmSpawner'),
            Refused('the clock is behind', status=409, code='superseded'),
            RuntimeError('whatever it is'),
        )
        final = (
            Refused('service_prefix: too long', status=422, code='invalid_request'),
            Refused('too large', status=413, code='too_large'),
            Refused('service_url: no such scheme', code='config'),
        )
        for is_final, problems in ((True, final), (False, healing)):
            for problem in problems:
                with self.subTest(problem):
                    service = self.script(*[problem] * 100)
                    spawner = self.make_spawner(stop_timeout=60)
                    spawner.load_state({'spawn_id': 's1'})
                    with self.assertRaises(type(problem)), self.assertLogs(spawner.log, 'ERROR'):
                        await spawner.stop()
                    self.assertEqual(len(service.calls) == 1, is_final)

    async def test_errors_of_the_configuration_are_final(self):
        https = {'service_url': 'https://x'}
        for config in ({'service_url': 'ftp://x'}, {'service_ca': __file__}, {**https, 'service_key': __file__}):
            with self.subTest(config):
                spawner = self.make_spawner(config=config)
                with self.assertRaises(Refused) as raised:
                    await spawner._service.call('stop', {}, 5)
                self.assertTrue(raised.exception.is_final)


class WaitForEnd(ScriptedTestCase):
    def spawner(self, *answers, **traits):
        self.service = self.script(*answers)
        spawner = self.make_spawner(stop_timeout=30, **traits)
        spawner.load_state({'spawn_id': 's1'})
        return spawner

    async def test_a_stop_waits_for_the_end_if_wait_for_end_or_a_hook_asks_for_it(self):
        def hook(spawner):
            pass

        for traits, waits in (
            ({}, False),
            ({'wait_for_end': True}, True),
            ({'post_stop_hook': hook}, True),
            ({'post_stop_hook': hook, 'wait_for_end': False}, False),
        ):
            with self.subTest(traits):
                spawner = self.spawner(state_of('absent'), state_of('stopping'), state_of('absent'), **traits)
                await spawner.stop()
                self.assertEqual(self.service.verbs, ['stop', 'poll', 'poll'] if waits else ['stop'])

    async def test_a_stop_waits_while_the_service_does_not_answer(self):
        answers = Unreachable('refused'), UNAUTHORIZED, state_of('absent')
        spawner = self.spawner(state_of('absent'), *answers, wait_for_end=True)
        await spawner.stop()
        self.assertEqual(self.service.verbs, ['stop', *['poll'] * 3])

    async def test_a_stop_that_waited_for_stop_timeout_logs_that_it_gives_up(self):
        spawner = self.spawner(state_of('absent'), *[state_of('stopping')] * 100, wait_for_end=True)
        begun = self.loop.time()
        with self.assertLogs(spawner.log, 'WARNING') as logged:
            await spawner.stop()
        self.assertLess(self.loop.time() - begun, 31)
        self.assertIn('its container has not ended yet', logged.output[0])

    async def test_a_stop_after_a_failed_start_does_not_wait_for_the_end(self):
        service = self.script(state_of('failed', reason='x'), state_of('absent'))
        spawner = self.make_spawner(wait_for_end=True)
        with self.assertRaises(SpawnFailed):
            await spawner.start()
        await spawner.stop()
        self.assertEqual(service.verbs, ['start', 'stop'])


class AfterAStop(ScriptedTestCase):
    async def test_a_poll_during_a_stop_is_none_and_after_it_0_without_a_request(self):
        service = self.script(state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1'})
        spawner._stop_pending = True
        self.assertIsNone(await spawner.poll())
        await spawner.stop()
        self.assertEqual(await spawner.poll(), 0)
        self.assertEqual(service.verbs, ['stop'])

    async def test_a_start_after_a_stop_is_polled_again(self):
        service = self.script(state_of('absent'), state_of(), state_of())
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1'})
        await spawner.stop()
        await spawner.start()
        self.assertIsNone(await spawner.poll())
        self.assertEqual(service.verbs, ['stop', 'start', 'poll'])


class DeleteForever(ScriptedTestCase):
    async def test_a_deletion_makes_no_call_if_the_server_was_stopped_or_never_started(self):
        service = self.script(state_of(), state_of('absent'))
        never = self.make_spawner('bob', 'lab')
        await never.delete_forever()
        spawner = self.make_spawner()
        await spawner.start()
        await spawner.stop()
        spawner.clear_state()
        await spawner.delete_forever()
        await self.settle()
        self.assertEqual(service.verbs, ['start', 'stop'])

    async def test_a_deletion_removes_what_a_stop_could_not_also_after_a_restart(self):
        self.script(*[Unreachable('refused')] * 100)
        spawner = self.make_spawner('bob', 'lab')
        spawner.load_state({'spawn_id': 's1'})
        with self.assertRaises(Unreachable):
            await spawner.stop()
        spawner.clear_state()
        state = spawner.get_state()
        self.assertEqual(await spawner.poll(), 0)

        service = self.script({'removed': [], 'failed': []})
        later = self.make_spawner('bob', 'lab')
        later.load_state(state)
        await later.delete_forever()
        await self.settle()
        ((verb, data),) = service.calls
        self.assertEqual((verb, data['server']['username'], data['server']['server_name']), ('forget', 'bob', 'lab'))

    async def test_a_deletion_does_not_wait_for_the_service_and_logs_its_errors(self):
        answer = self.loop.create_future()
        self.script(answer)
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1'})
        begun = self.loop.time()
        await spawner.delete_forever()
        self.assertLess(self.loop.time() - begun, 1)
        with self.assertLogs(spawner.log, 'ERROR') as logged:
            answer.set_result(Unreachable('refused'))
            await self.settle()
        self.assertIn('may be left in the swarm: refused', logged.output[0])

    async def test_a_deletion_makes_no_call_once_a_later_start_has_replaced_what_was_left(self):
        service = self.script(state_of(), state_of('absent'))
        spawner = self.make_spawner()
        spawner.load_state({'is_left': True})
        await spawner.start()
        await spawner.stop()
        spawner.clear_state()
        await spawner.delete_forever()
        await self.settle()
        self.assertEqual(service.verbs, ['start', 'stop'])


class State(ScriptedTestCase):
    async def test_the_state_holds_what_finds_the_server_again_and_no_secret(self):
        self.script(state_of())
        spawner = self.make_spawner()
        self.assertEqual(spawner.get_state(), {})
        url = await spawner.start()
        state = spawner.get_state()
        self.assertEqual(set(state), {'service_id', 'service_name', 'spawn_id', 'url'})
        self.assertEqual((state['service_id'], state['url']), ('service1', url))

    async def test_the_state_survives_a_restart_of_the_hub(self):
        self.script(state_of())
        spawner = self.make_spawner()
        await spawner.start()
        other = self.make_spawner()
        other.load_state(spawner.get_state())
        self.assertEqual(other.get_state(), spawner.get_state())

    async def test_the_state_is_empty_once_cleared(self):
        self.script(state_of())
        spawner = self.make_spawner()
        await spawner.start()
        spawner.clear_state()
        self.assertEqual(spawner.get_state(), {})
        self.assertEqual(await spawner.poll(), 0)

    async def test_a_state_of_the_old_class_names_a_server_to_poll(self):
        service = self.script(state_of())
        spawner = self.make_spawner()
        spawner.load_state({'service_id': 'abc'})
        self.assertIsNone(await spawner.poll())
        self.assertEqual(service.verbs, ['poll'])
