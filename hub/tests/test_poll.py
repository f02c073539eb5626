import asyncio
import time
from datetime import datetime, timezone

from support import SERVER_URL, ScriptedTestCase, state_of
from swarmspawner import Refused, Unreachable

NO_STATES = {'servers': 'none'}


class Poll(ScriptedTestCase):
    async def poll(self, *answers):
        """Polls a server that was started by this hub, or one before."""
        self.service = self.script(*answers)
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        return await spawner.poll()

    async def test_a_poll_is_none_while_there_may_be_something_to_stop(self):
        for state in ('running', 'starting', 'stopping'):
            with self.subTest(state):
                self.assertIsNone(await self.poll(state_of(state)))

    async def test_a_poll_of_a_server_that_has_ended_is_its_exit_code(self):
        for state, status in (('exited', 0), ('exited', 3), ('failed', 1), ('failed', 137), ('absent', 0)):
            with self.subTest(state, status=status):
                self.assertEqual(await self.poll(state_of(state, status=status)), status)

    async def test_a_poll_never_says_that_a_server_is_dead_unless_the_service_does(self):
        for problem in (
            Unreachable('connection refused'),
            Refused('the signature is not right', status=401, code='unauthorized'),
            Refused('404, and not an answer of SwarmSpawner'),
            Refused('unknown field', status=400, code='invalid_request'),
            {},
            NO_STATES,
            {'servers': []},
            {'servers': [None]},
            {'servers': [{}]},
            {'servers': [{'state': 'exited'}]},
            {'servers': [{'state': 'exited', 'service_name': 'x', 'status': '1'}]},
            {'servers': [{'state': 5, 'service_name': 'x', 'status': 1}]},
            {'servers': [state_of('exited', log=5)]},
            {'servers': [state_of('exited', events='none')]},
            RuntimeError('whatever it is'),
        ):
            with self.subTest(str(problem)):
                self.assertIsNone(await self.poll(problem))

    async def test_the_log_is_warned_once_before_the_time_of_a_server_is_over(self):
        def ends_in(seconds):
            moment = datetime.fromtimestamp(time.time() + seconds, timezone.utc)
            return state_of('running', ends_at=f'{moment:%Y-%m-%dT%H:%M:%S}.000Z')

        soon = ends_in(500)
        self.script(ends_in(700), state_of('running', ends_at='soon'), soon, soon)
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        with self.assertLogs(spawner.log, level='WARNING') as logs:
            for _ in range(4):
                self.assertIsNone(await spawner.poll())
        self.assertEqual(len(logs.output), 1)
        self.assertIn('its time is over at', logs.output[0])

    async def test_the_log_and_the_spawner_tell_of_a_maintenance_until_it_is_taken_back(self):
        def stopped_at(at, message='New disks', **more):
            return state_of('running', maintenance={'at': at, 'message': message, **more})

        one, two = '2099-01-01T18:00:00.000Z', '2099-01-02T18:00:00.000Z'
        unreadable = [stopped_at('<b>soon</b>'), stopped_at(5), state_of('running', maintenance='yes')]
        hostile = stopped_at(two, 'a\x1b[2J' + 'x' * 500)
        self.script(stopped_at(one), stopped_at(one), stopped_at(two, None), *unreadable, hostile, state_of('running'))
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        told = []
        with self.assertLogs(spawner.log, level='WARNING') as logs:
            for _ in range(8):
                self.assertIsNone(await spawner.poll())
                told.append(spawner.maintenance)
        self.assertEqual(told[0], {'at': one, 'at_words': '2099-01-01 18:00 UTC', 'message': 'New disks'})
        self.assertEqual(told[2], {'at': two, 'at_words': '2099-01-02 18:00 UTC', 'message': ''})
        self.assertEqual(told[3:6] + told[7:], [None] * 4)
        self.assertEqual(len(told[6]['message']), 200)
        self.assertNotIn('\x1b', told[6]['message'])
        self.assertEqual(len(logs.output), 3)
        self.assertIn(f'its node is stopped for maintenance at {one}: New disks', logs.output[0])

    async def test_the_spawner_keeps_why_a_server_ended_until_the_next_start(self):
        told = {'user_message': 'Your administrator has stopped this computer for maintenance: New disks.'}
        later = state_of('absent', user_message='Your server is gone.')
        for answers, expected in (
            ([state_of('failed', status=143, **told), later], told['user_message']),
            ([later], 'Your server is gone.'),
            ([state_of('absent')], None),
            ([state_of('exited', status=0, user_message='Your server has ended, without an error.')], None),
        ):
            with self.subTest(str(expected)):
                self.script(*answers)
                spawner = self.make_spawner()
                spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
                for _ in answers:
                    self.assertIsNotNone(await spawner.poll())
                # As JupyterHub does when a poll says that a server has ended.
                spawner._stop_pending = True
                spawner.clear_state()
                self.assertEqual(spawner.get_state(), {'ended_message': expected} if expected else {})
                # JupyterHub makes a new spawner then, and may have been restarted meanwhile.
                later_spawner = self.make_spawner()
                later_spawner.load_state(spawner.get_state())
                self.assertEqual(later_spawner.ended_message, expected)
                later_spawner._spawn_pending = True
                later_spawner.clear_state()
                self.assertIsNone(later_spawner.ended_message)

    async def test_the_log_says_once_for_each_digest_that_a_server_runs_an_older_image(self):
        def older(digest, **more):
            update = {'image': 'lab/nb:1', 'running': f'sha256:{"a" * 64}', 'digest': digest, **more}
            return state_of('running', update_available=update)

        one, two = (f'sha256:{letter * 64}' for letter in 'bc')
        unreadable = [older(5), older(one, image=None), state_of('running', update_available='yes')]
        self.script(state_of('running'), older(one), older(one), *unreadable, older(two))
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'service_id': 'service1'})
        with self.assertLogs(spawner.log, level='INFO') as logs:
            for _ in range(7):
                self.assertIsNone(await spawner.poll())
        told = [line for line in logs.output if 'runs an older image: lab/nb:1 is now ' in line]
        self.assertEqual([digest in line for digest, line in zip((one, two), told)], [True, True])
        self.assertEqual(len(told), 2)

    async def test_a_poll_of_a_server_that_was_never_started_is_0_without_a_request(self):
        service = self.script()
        self.assertEqual(await self.make_spawner().poll(), 0)
        self.assertEqual(service.calls, [])

    async def test_a_poll_asks_by_name_if_the_hub_went_down_during_the_start(self):
        service = self.script(state_of('starting', spawn_id='s0'))
        spawner = self.make_spawner()
        self.give_row(spawner)
        self.assertIsNone(await spawner.poll())
        server = {'username': 'alice', 'server_name': '', 'service_prefix': 'jupyter'}
        self.assertEqual(service.calls, [('poll', {'servers': [server]})])
        self.assertEqual(spawner.get_state()['spawn_id'], 's0')

    async def test_a_poll_sends_the_names_of_user_and_server_unchanged(self):
        service = self.script(state_of())
        spawner = self.make_spawner('Ælfred {{x}} o\'Neil@example.org', 'lab', service_prefix='hub2')
        spawner.load_state({'spawn_id': 's1'})
        await spawner.poll()
        server = {'username': 'Ælfred {{x}} o\'Neil@example.org', 'server_name': 'lab', 'service_prefix': 'hub2'}
        self.assertEqual(service.sent('poll'), [{'servers': [{**server, 'spawn_id': 's1'}]}])

    async def test_a_poll_during_the_start_is_none_without_a_request(self):
        answer = self.loop.create_future()
        service = self.script(answer)
        spawner = self.make_spawner()
        start = asyncio.ensure_future(spawner.start())
        await self.settle()
        self.assertIsNone(await spawner.poll())
        self.assertEqual(service.verbs, ['start'])
        answer.set_result(state_of())
        await start

    async def test_a_poll_asks_the_service_once_the_start_has_ended(self):
        self.script(state_of(), state_of('exited', status=3))
        spawner = self.make_spawner()
        await spawner.start()
        self.assertEqual(await spawner.poll(), 3)

    async def test_a_poll_logs_why_a_server_has_ended_what_to_do_and_its_last_lines(self):
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1'})
        self.script(state_of('failed', reason='No such image: x', advice='Check its name', log=['one', 'two']))
        with self.assertLogs(spawner.log, 'WARNING') as logged:
            await spawner.poll()
        self.assertIn('No such image: x. Check its name\n    one\n    two', logged.output[0])

    async def test_polls_log_once_what_happened_to_a_server_that_goes_on(self):
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1'})
        restarted = state_of(reason='task: non-zero exit (137)', advice='It was killed')
        self.script(state_of(), restarted, restarted, state_of())
        with self.assertLogs(spawner.log, 'WARNING') as logged:
            for _ in range(4):
                self.assertIsNone(await spawner.poll())
        self.assertEqual(len(logged.output), 1)
        self.assertIn('is running: task: non-zero exit (137). It was killed', logged.output[0])

    async def test_polls_warn_once_a_minute_that_the_service_does_not_answer(self):
        self.script(*[Unreachable('refused')] * 5)
        spawners = [self.make_spawner(name) for name in ('alice', 'bob')]
        for spawner in spawners:
            spawner.load_state({'spawn_id': 's1'})
        with self.assertLogs(spawners[0].log, 'WARNING') as logged:
            for _ in range(2):
                await asyncio.gather(*(spawner.poll() for spawner in spawners))
            self.assertEqual(len(logged.output), 1)
            await asyncio.sleep(61)
            await spawners[0].poll()
        self.assertEqual(len(logged.output), 2)
        self.assertIn('5 unanswered polls', logged.output[1])


class Batch(ScriptedTestCase):
    def spawners(self, count):
        first = self.make_spawner()
        first.load_state({'spawn_id': 's0'})
        yield first
        for index in range(1, count):
            # Made without the database, which would take most of the time. The prefixes differ.
            spawner = type(first)(
                user=first.user,
                hub=first.hub,
                config=first.config,
                orm_spawner=first.orm_spawner,
                service_prefix=f'p{index}',
            )
            spawner.load_state({'spawn_id': f's{index}'})
            yield spawner

    async def poll_all(self, count):
        return await asyncio.gather(*(spawner.poll() for spawner in self.spawners(count)))

    async def test_a_thousand_polls_at_once_are_one_request(self):
        service = self.script(state_of())
        self.assertEqual(await self.poll_all(1000), [None] * 1000)
        self.assertEqual(service.verbs, ['poll'])

    async def test_a_thousand_and_one_polls_are_two_requests(self):
        service = self.script(state_of(), state_of('exited', status=4))
        self.assertEqual(await self.poll_all(1001), [None] * 1000 + [4])
        self.assertEqual([len(data['servers']) for data in service.sent('poll')], [1000, 1])

    async def test_each_poll_of_a_request_gets_its_own_answer(self):
        states = [state_of(), state_of('exited', status=5), state_of('absent')]
        self.script({'servers': states})
        self.assertEqual(await self.poll_all(3), [None, 5, 0])

    async def test_a_later_poll_goes_in_a_request_of_its_own(self):
        service = self.script(state_of(), state_of())
        spawner = next(self.spawners(1))
        await spawner.poll()
        await spawner.poll()
        self.assertEqual(service.verbs, ['poll', 'poll'])

    async def test_a_request_is_split_if_one_of_its_servers_is_refused(self):
        for status, code in ((400, 'invalid_request'), (413, 'too_large')):
            with self.subTest(code):
                refused = Refused('servers.1.username: too long', status=status, code=code)
                service = self.script(refused, state_of('exited', status=5), refused, refused, state_of('absent'))
                self.assertEqual(await self.poll_all(3), [5, None, 0])
                self.assertEqual([len(data['servers']) for data in service.sent('poll')], [3, 1, 2, 1, 1])

    async def test_few_requests_find_the_refused_one_of_a_thousand_servers(self):
        def answer(data):
            if any(server['service_prefix'] == 'p700' for server in data['servers']):
                return Refused('servers.700.service_prefix: too long', status=400, code='invalid_request')
            return state_of('exited', status=5)

        service = self.script(*[answer] * 100)
        self.assertEqual(await self.poll_all(1000), [5] * 700 + [None] + [5] * 299)
        self.assertLess(len(service.calls), 25)

    async def test_a_request_is_not_split_if_the_service_refuses_the_hub(self):
        service = self.script(Refused('no secret of ours', status=401, code='unauthorized'))
        self.assertEqual(await self.poll_all(3), [None] * 3)
        self.assertEqual(service.verbs, ['poll'])

    async def test_a_senseless_answer_for_one_server_leaves_the_others_their_answers(self):
        for nonsense in (None, {}, 'dead', {**state_of('exited'), 'status': 'one'}):
            with self.subTest(nonsense):
                self.script({'servers': [state_of('exited', status=5), nonsense, state_of('exited', status=6)]})
                self.assertEqual(await self.poll_all(3), [5, None, 6])

    async def test_a_cancelled_poll_leaves_the_others_their_answers(self):
        answer = self.loop.create_future()
        self.script(answer)
        one, other = (asyncio.ensure_future(spawner.poll()) for spawner in self.spawners(2))
        await asyncio.sleep(1)
        one.cancel()
        await self.settle()
        answer.set_result({'servers': [state_of(), state_of('exited', status=7)]})
        self.assertEqual(await other, 7)


class URLAfterARestart(ScriptedTestCase):
    """After a restart, the hub compares get_url with its own URL, and logs a warning if they differ."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner()
        self.give_row(self.spawner)

    async def test_the_url_comes_from_the_service_if_the_hub_went_down_during_the_start(self):
        self.script(state_of('starting'), Unreachable('refused'), state_of())
        self.assertEqual(await self.spawner.get_url(), f'{SERVER_URL}/user/alice/')
        self.assertEqual(self.spawner.get_state()['url'], SERVER_URL)

    async def test_the_url_comes_from_the_state_without_a_request(self):
        service = self.script()
        self.spawner.load_state({'spawn_id': 's1', 'url': 'http://known.test:8888'})
        self.assertEqual(await self.spawner.get_url(), 'http://known.test:8888/user/alice/')
        self.assertEqual(service.calls, [])

    async def test_the_url_is_the_hubs_own_if_both_lead_to_the_same_place(self):
        for url in ('http://old.test:1', 'http://OLD.test:1'):
            with self.subTest(url):
                self.spawner.load_state({'spawn_id': 's1', 'url': url})
                self.assertEqual(await self.spawner.get_url(), self.spawner.server.url)
        self.assertEqual(self.spawner.server.url, 'http://old.test:1/user/alice/')
        self.spawner.load_state({'spawn_id': 's1', 'url': 'http://old.test:18'})
        self.assertEqual(await self.spawner.get_url(), 'http://old.test:18/user/alice/')

    async def test_the_url_is_the_hubs_and_not_waited_for_if_the_server_is_gone(self):
        self.script(state_of('absent'))
        self.assertEqual(await self.spawner.get_url(), self.spawner.server.url)
        self.assertEqual(self.spawner.http_timeout, 0)

    async def test_the_url_is_the_hubs_if_the_service_is_silent_for_start_timeout(self):
        self.script(*[Unreachable('refused')] * 100)
        self.spawner.start_timeout = 20
        begun = self.loop.time()
        self.assertEqual(await self.spawner.get_url(), self.spawner.server.url)
        self.assertLess(self.loop.time() - begun, 25)
        self.assertEqual(self.spawner.http_timeout, 0)
