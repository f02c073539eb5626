import asyncio
import html

from support import SERVER_URL, ScriptedTestCase, event, state_of
from swarmspawner import (
    LOOKS_PER_START,
    NO_ANSWER,
    NO_SERVICE,
    NOT_IN_TIME,
    NOT_REACHED,
    NOT_STARTED,
    TRY_AGAIN,
    Refused,
    SpawnFailed,
    SpawnRefused,
    Unreachable,
)


class StartTestCase(ScriptedTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner(start_timeout=60)

    async def failure(self):
        """Starts the server and returns its failure."""
        with self.assertRaises(SpawnFailed) as raised:
            await self.spawner.start()
        return raised.exception

    async def logged_failure(self):
        """Starts the server, and returns its failure and the line of the hub's log that says why."""
        with self.assertLogs(self.spawner.log, 'ERROR') as logged:
            error = await self.failure()
        (line,) = logged.output
        return error, line


class Start(StartTestCase):
    async def test_a_start_returns_the_url_once_the_server_runs(self):
        service = self.script(state_of('starting'), state_of('starting'), state_of())
        self.assertEqual(await self.spawner.start(), SERVER_URL)
        self.assertEqual(service.verbs, ['start', 'poll', 'poll'])

    async def test_a_start_names_user_server_and_prefix(self):
        service = self.script(state_of())
        self.spawner = self.make_spawner('bob', 'lab', service_prefix='hub2')
        await self.spawner.start()
        (request,) = service.sent('start')
        server = {'username': 'bob', 'server_name': 'lab', 'service_prefix': 'hub2'}
        self.assertEqual(request['server'], server)
        self.assertRegex(request['spawn_id'], '^[0-9a-f]{32}$')

    async def test_a_later_start_has_a_later_time_and_another_spawn_id(self):
        service = self.script(state_of(), state_of())
        await self.spawner.start()
        self.spawner.clear_state()
        await asyncio.sleep(0.01)
        await self.spawner.start()
        first, second = service.sent('start')
        self.assertNotEqual(first['spawn_id'], second['spawn_id'])
        self.assertLessEqual(first['issued_at'], second['issued_at'])

    async def test_a_start_whose_answer_is_lost_is_sent_again_unchanged(self):
        service = self.script(Unreachable('timeout'), Unreachable('refused'), state_of('starting'), state_of())
        self.assertEqual(await self.spawner.start(), SERVER_URL)
        first, second, third = service.sent('start')
        self.assertEqual(first, second)
        self.assertEqual(first, third)

    async def test_a_start_goes_on_while_the_looks_fail(self):
        self.script(state_of('starting'), Unreachable('502'), {'servers': [None]}, state_of())
        self.assertEqual(await self.spawner.start(), SERVER_URL)

    async def test_a_start_gives_up_at_once_if_the_service_refuses(self):
        service = self.script(Refused('No secret of ours made this signature', status=401, code='unauthorized'))
        error, line = await self.logged_failure()
        self.assertEqual(str(error), NO_ANSWER)
        self.assertIn('No secret of ours', line)
        self.assertEqual(error.status_code, 500)
        self.assertEqual(service.verbs, ['start'])

    async def test_a_refused_start_shows_the_user_message_and_is_the_hubs_failure(self):
        self.script(Refused('config.x: is not known', status=400, code='invalid_request', user_message='Not that.'))
        with self.assertLogs(self.spawner.log, 'ERROR') as logged:
            error = await self.failure()
        self.assertEqual(str(error), 'Not that.')
        self.assertIn('config.x: is not known', logged.output[0])
        self.assertNotIsInstance(error, SpawnRefused)
        self.assertEqual(error.status_code, 500)

    async def test_a_refused_option_is_the_users_own_mistake(self):
        words = {'status': 422, 'code': 'invalid_config', 'user_message': 'Not with what you chose for "x".'}
        refused = Refused('user_options.x: is not known', **words)
        self.spawner.use_user_options = True
        self.spawner.user_options = {'x': 1}
        self.script(refused)
        error = await self.failure()
        self.assertEqual(error.status_code, 400)
        self.assertIsInstance(error, SpawnRefused)
        self.assertEqual(error.jupyterhub_message, 'Not with what you chose for "x".')

    async def test_a_refused_start_without_a_sentence_shows_admins_the_engines_words_without_the_name_of_a_call(self):
        self.spawner.user.admin = True
        reason = 'ContainerSpec: "<b>" is not a valid repository/tag'
        problem = {'status': 422, 'code': 'engine_bad_request', 'reason': reason}
        self.script(Refused(f'POST /services/create: {reason}', **problem))
        error = await self.failure()
        self.assertTrue(str(error).endswith('administrator. (ContainerSpec: "<b>" is not a valid repository/tag)'))
        self.assertEqual(error.status_code, 500)

    async def test_a_failed_start_logs_the_engines_words_and_the_last_lines(self):
        failed = state_of('failed', reason='task: non-zero exit (1)', log=['Traceback', 'ModuleNotFoundError'])
        self.script(state_of('starting'), failed)
        error, line = await self.logged_failure()
        self.assertEqual(str(error), NOT_STARTED)
        self.assertIn('did not start: task: non-zero exit (1)\n    Traceback\n    ModuleNotFoundError', line)

    async def test_a_failed_start_shows_the_sentence_for_students_if_there_is_one(self):
        for told, expected in (
            ('There is no image. Tell your administrator.', 'There is no image. Tell your administrator.'),
            (None, NOT_STARTED),
            (5, NOT_STARTED),
        ):
            with self.subTest(told):
                self.spawner.clear_state()
                self.script(state_of('failed', reason='x', user_message=told))
                with self.assertLogs(self.spawner.log, 'ERROR') as logged:
                    self.assertEqual(str(await self.failure()), expected)
                self.assertIn('did not start: x', logged.output[0])

    async def test_a_start_fails_if_the_server_ends_at_once(self):
        for state in ('exited', 'absent', 'stopping'):
            with self.subTest(state):
                self.spawner.clear_state()
                self.script(state_of('starting'), state_of(state), state_of(state))
                self.assertIn(f'it is {state}', (await self.logged_failure())[1])

    async def test_a_start_is_sent_again_if_another_start_holds_the_name(self):
        refused = Refused('A later start has taken over', status=409, code='superseded', user_message='Superseded.')
        service = self.script(state_of('starting'), state_of(spawn_id='another'), refused)
        self.assertIn('Superseded.', str(await self.failure()))
        self.assertEqual(service.verbs, ['start', 'poll', 'start'])

    async def test_a_start_is_sent_again_if_somebody_removed_the_service(self):
        service = self.script(state_of('starting'), state_of('absent'), state_of('starting'), state_of())
        self.assertEqual(await self.spawner.start(), SERVER_URL)
        self.assertEqual(service.verbs, ['start', 'poll', 'start', 'poll'])

    async def test_a_start_is_sent_again_now_and_then(self):
        failed = state_of('failed', reason='no suitable node')
        service = self.script(*[state_of('starting')] * (1 + LOOKS_PER_START), failed)
        self.assertIn('no suitable node', (await self.logged_failure())[1])
        self.assertEqual(service.verbs, ['start', *['poll'] * LOOKS_PER_START, 'start'])
        self.assertEqual(service.sent('start')[0]['spawn_id'], service.sent('start')[1]['spawn_id'])

    async def test_a_start_is_sent_again_at_once_if_a_look_sees_trouble(self):
        failed = state_of('failed', reason='task: non-zero exit (1)')
        troubled = state_of('starting', reason='task: non-zero exit (1)')
        service = self.script(state_of('starting'), troubled, failed)
        await self.failure()
        self.assertEqual(service.verbs, ['start', 'poll', 'start'])

    async def test_a_start_is_not_sent_again_in_the_last_second(self):
        async def answer(data):
            await asyncio.sleep(data.get('wait_s', 0))
            return state_of('starting', reason='no suitable node')

        self.spawner.start_timeout = 3
        service = self.script(*[answer] * 20)
        begun = self.loop.time()
        self.assertEqual(str(await self.failure()), NOT_IN_TIME)
        self.assertLess(self.loop.time() - begun, 2.9)
        self.assertEqual(service.verbs, ['start', 'poll', 'start', 'poll', 'start', 'poll', 'poll'])

    async def test_a_start_ends_before_the_hubs_own_limit(self):
        for told, answer in ((NOT_IN_TIME, state_of('starting')), (NO_SERVICE, Unreachable('refused'))):
            with self.subTest(told):
                self.spawner.clear_state()
                self.script(*[answer] * 200)
                begun = self.loop.time()
                error = await self.failure()
                self.assertLess(self.loop.time() - begun, 60)
                self.assertGreater(self.loop.time() - begun, 55)
                self.assertEqual(error.status_code, 504)
                self.assertEqual(str(error), told)

    async def test_a_start_that_takes_too_long_says_what_it_waited_for(self):
        words = {'user_message': 'Busy. Please wait.', 'timeout_message': 'Busy. Please try again.'}
        full = event('The cluster is full.')
        for state, logged in (
            (state_of('starting', events=[event('Preparing: the image is pulled')]), 'Preparing: the image is pulled'),
            (state_of('starting', reason='no suitable node', events=[full], **words), 'no suitable node'),
        ):
            with self.subTest(logged):
                self.spawner.clear_state()
                self.script(*[state] * 200)
                error, line = await self.logged_failure()
                self.assertEqual(str(error), state.get('timeout_message', NOT_IN_TIME))
                self.assertTrue(line.endswith(f'did not start within 60 seconds (start_timeout): {logged}'), line)

    async def test_a_start_that_takes_too_long_tells_of_the_latest_trouble(self):
        starting = state_of('starting', timeout_message='Busy. Please try again.')
        away = [Unreachable('502')] * 200
        for answers, told in (
            ([*away[:5], *[starting] * 200], 'Busy. Please try again.'),
            ([starting, *away], NO_SERVICE),
        ):
            with self.subTest(told):
                self.spawner.clear_state()
                self.script(*answers)
                self.assertEqual(str((await self.logged_failure())[0]), told)

    async def test_a_state_that_has_seen_no_task_takes_back_no_sentence(self):
        full = state_of('starting', timeout_message='Busy.', events=[event('The cluster is full.')])
        blind = state_of('starting', timeout_message='Not ready in time.')
        pulled = state_of('starting', timeout_message='Slow.', events=[event('Preparing')])
        for states, told in (([full, *[blind] * 200], 'Busy.'), ([full, blind, *[pulled] * 200], 'Slow.')):
            with self.subTest(told):
                self.spawner.clear_state()
                self.script(*states)
                self.assertEqual(str((await self.logged_failure())[0]), told)

    async def test_a_look_that_the_end_of_the_time_cuts_is_no_trouble_of_the_service(self):
        async def late(data):
            await asyncio.sleep(60)

        self.spawner.start_timeout = 10
        self.script(state_of('starting', reason='no suitable node', timeout_message='Busy.'), late)
        error, line = await self.logged_failure()
        self.assertEqual(str(error), 'Busy.')
        self.assertTrue(line.endswith('(start_timeout): no suitable node'), line)

    async def test_a_start_never_waits_for_an_answer_beyond_its_limit(self):
        for name, silent in (('of a start', ['start']), ('of a look', ['poll'])):
            with self.subTest(name):
                self.spawner.clear_state()
                self.script()

                async def call(verb, data, timeout):
                    if verb not in silent:
                        return state_of('starting', spawn_id=data['spawn_id'])
                    await asyncio.sleep(timeout)
                    raise Unreachable('timeout')

                self.spawner._service.call = call
                begun = self.loop.time()
                self.assertIn('did not start within 60 seconds', (await self.logged_failure())[1])
                self.assertLess(self.loop.time() - begun, 60)

    async def test_a_start_ends_if_the_hub_stops_the_server(self):
        service = self.script(state_of('starting'), state_of('absent'))
        starting = asyncio.ensure_future(self.spawner.start())
        await self.settle()
        await self.spawner.stop()
        with self.assertRaises(SpawnFailed):
            await starting
        self.assertEqual(service.verbs, ['start', 'stop'])

    async def test_a_cancelled_start_returns_at_once_and_removes_what_it_makes(self):
        answer = self.loop.create_future()
        service = self.script(answer, state_of('absent'))
        starting = asyncio.ensure_future(self.spawner.start())
        await self.settle()
        starting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await starting
        self.assertEqual(service.verbs, ['start'])
        answer.set_result(state_of('starting'))
        await self.settle()
        self.assertEqual(service.verbs, ['start', 'stop'])
        self.assertEqual(service.sent('stop')[0]['spawn_id'], service.sent('start')[0]['spawn_id'])

    async def test_a_start_cancelled_between_looks_removes_what_it_made(self):
        service = self.script(state_of('starting'), state_of('absent'))
        starting = asyncio.ensure_future(self.spawner.start())
        await self.settle()
        starting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await starting
        await self.settle()
        self.assertEqual(service.verbs, ['start', 'stop'])


class Port(StartTestCase):
    async def test_a_start_waits_for_the_port(self):
        self.script(state_of())
        self.ports[SERVER_URL] = ['refused', 'refused', None]
        self.assertEqual(await self.spawner.start(), SERVER_URL)
        self.assertEqual(self.ports[SERVER_URL], [None])

    async def test_a_port_that_never_opens_fails_the_start_and_says_what_was_tried(self):
        self.script(*[state_of()] * 20)
        self.ports[SERVER_URL] = ['Connection refused']
        self.spawner.http_timeout = 10
        begun = self.loop.time()
        error, line = await self.logged_failure()
        self.assertLess(self.loop.time() - begun, 12)
        self.assertIn(f'does not answer at {SERVER_URL} within 10 seconds (Connection refused)', line)
        self.assertEqual(str(error), NOT_REACHED)
        self.assertEqual(error.status_code, 504)

    async def test_a_start_waits_until_the_hub_itself_reaches_the_port(self):
        self.script(*[state_of()] * 20)
        looks = self.hub_looks[f'{SERVER_URL}/api'] = ['an old address', 'an old address', None]
        self.assertEqual(await self.spawner.start(), SERVER_URL)
        self.assertEqual(looks, [None])

    async def test_the_hub_does_not_look_for_the_port_before_the_system_finds_it(self):
        self.script(*[state_of()] * 20)
        self.ports[SERVER_URL] = ['no such name']
        looks = self.hub_looks[f'{SERVER_URL}/api'] = ['kept by its resolver', None]
        self.spawner.http_timeout = 5
        await self.failure()
        self.assertEqual(len(looks), 2)

    async def test_a_server_that_ends_before_its_port_opens_fails_the_start_with_its_reason(self):
        self.script(state_of(), state_of(), state_of('failed', reason='task: non-zero exit (1)'))
        self.ports[SERVER_URL] = ['Connection refused']
        self.assertIn('non-zero exit (1)', (await self.logged_failure())[1])

    async def test_a_start_waits_for_the_port_no_longer_than_start_timeout(self):
        self.script(*[state_of()] * 50)
        self.ports[SERVER_URL] = ['Connection refused']
        self.spawner.http_timeout = 500
        begun = self.loop.time()
        error, line = await self.logged_failure()
        self.assertEqual(str(error), NOT_REACHED)
        self.assertIn('did not start within 60 seconds', line)
        self.assertLess(self.loop.time() - begun, 60)


class Failure(StartTestCase):
    """test_lifecycle.py tests what the hub shows of it."""

    async def test_the_log_says_once_why_a_start_failed_and_what_an_admin_can_do(self):
        starting = state_of('starting', reason='no suitable node', advice='Add a node.', events=[event('Waiting')])
        failed = state_of('failed', reason='x', advice='Look at y.')
        self.ports[SERVER_URL] = ['Connection refused']
        for answers, expected in (
            ([failed], 'did not start: x. Look at y.'),
            ([starting] * 200, 'did not start within 60 seconds (start_timeout): no suitable node. Add a node.'),
            ([state_of()] * 200, 'within 30 seconds (Connection refused). It must listen'),
        ):
            with self.subTest(expected):
                self.spawner.clear_state()
                self.script(*answers)
                error, line = await self.logged_failure()
                self.assertIn(expected, line)
                self.assertTrue(str(error).endswith(TRY_AGAIN), error)
                # What an admin can do is nothing for a student.
                self.assertNotIn('node.', str(error))
                self.assertNotIn('must listen', str(error))

    async def test_a_failure_has_one_sentence_for_every_page_of_the_hub(self):
        self.script(state_of('failed', user_message='<b>no</b> & {braces} 100%'))
        error = await self.failure()
        sentence = '<b>no</b> & {braces} 100%'
        self.assertEqual(str(error), sentence)
        self.assertEqual(error.jupyterhub_message, sentence)
        self.assertEqual(error.jupyterhub_html_message, html.escape(sentence))
        self.assertNotIn('<b>', error.jupyterhub_html_message)
