"""Somebody else answers at the service's address. The class believes no such answer, and none costs it much."""

import asyncio
import contextlib
import gzip
import json
import time
import tracemalloc
from unittest import mock

import swarmspawner
from support import SECRET, SERVER_URL, SERVICE_NAME, HubTestCase, state_of
from swarmspawner import Refused, Service, SpawnFailed, Unreachable, readable
from test_http import HttpTestCase, signature_of, write_signed

ALICE = {'username': 'alice', 'server_name': '', 'service_prefix': 'jupyter'}
HOST = 'jupyter-6384e2b2-1-c964d4d4ee95eb8918c0b3a7a8acef'


class Unsigned(HttpTestCase):
    is_admin = True
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner(config={'service_url': self.url, 'stop_timeout': 1, 'start_timeout': 10})
        self.spawner.load_state({'spawn_id': 's1', 'url': SERVER_URL})

    async def assert_not_believed(self):
        """Checks that the class believes no end of the server, no new URL, and no success of a stop."""
        self.assertIsNone(await self.spawner.poll())
        self.assertEqual(self.spawner._url, SERVER_URL)
        with self.assertRaises((Refused, Unreachable)), self.assertLogs(self.spawner.log, 'ERROR') as logged:
            await self.spawner.stop()
        self.assertIn('may be left in the swarm', logged.output[-1])

    def forge(self, state=None, **changes):
        """Answers with a state. Its signature covers what `changes` has in place of the real id, timestamp or body."""

        async def answer(handler):
            data = json.loads(handler.request.body)['data']
            told = state or state_of('exited', status=3)
            body = json.dumps({'servers': [told] * len(data['servers'])} if 'servers' in data else told).encode()
            right = {'id': handler.request.headers['webhook-id'], 'timestamp': str(int(time.time())), 'body': body}
            signed = {**right, **changes}
            headers = {'webhook-id': right['id'], 'webhook-timestamp': right['timestamp']}
            headers['webhook-signature'] = signature_of(signed['id'], signed['timestamp'], signed['body'])
            for name, value in headers.items():
                handler.set_header(name, value)
            handler.write(body)

        self.answer = answer

    async def test_unsigned_states_are_not_believed(self):
        state = state_of('exited', status=3, url='http://evil.test:8888')
        for status in (200, 201, 404, 422, 500, 503):
            for body in (state, {'servers': [state]}):
                with self.subTest(status, body=list(body)[:1]):
                    self.answers(status, body, signed=False)
                    await self.assert_not_believed()

    async def test_states_with_a_signature_of_something_else_are_not_believed(self):
        for change in ({'id': 'msg_other'}, {'timestamp': '1'}, {'body': b'{}'}):
            with self.subTest(change):
                self.forge(**change)
                await self.assert_not_believed()
        self.forge()
        self.assertEqual(await self.spawner.poll(), 3)

    async def test_an_answer_to_an_earlier_call_is_not_believed(self):
        given = []

        async def answer(handler):
            write_signed(handler, {'servers': [state_of('exited', status=3)]})
            given.append({name: handler._headers[name] for name in handler._headers if name.startswith('Webhook')})

        async def replay(handler):
            for name, value in given[0].items():
                handler.set_header(name, value)
            handler.write({'servers': [state_of('exited', status=3)]})

        self.answer = answer
        self.assertEqual(await self.spawner.poll(), 3)
        self.assertEqual(len(given[0]), 3)
        self.answer = replay
        await self.assert_not_believed()

    async def test_the_call_itself_sent_back_is_not_believed(self):
        async def answer(handler):
            for name in ('webhook-id', 'webhook-timestamp', 'webhook-signature'):
                handler.set_header(name, handler.request.headers[name])
            handler.write(handler.request.body)

        self.answer = answer
        await self.assert_not_believed()

    async def test_the_status_of_a_signed_answer_means_nothing(self):
        problem = {'status': 422, 'code': 'not_allowed', 'detail': 'no', 'retryable': False}
        later = {**problem, 'status': 503, 'code': 'engine_unreachable', 'retryable': True}
        for status in (200, 401, 422, 500, 503):
            with self.subTest(status):
                self.answers(status, state_of('absent'))
                self.assertEqual((await self.service.call('stop', {}, 5))['state'], 'absent')
                self.answers(status, problem)
                error = await self.refused()
                self.assertEqual((error.status, error.code, error.is_final), (422, 'not_allowed', True))
                self.answers(status, later)
                await self.unreachable()

    async def test_unsigned_refusals_are_never_final_and_nobody_reads_their_words(self):
        words = 'log in at http://evil.test'
        for status in (400, 401, 403, 404, 405, 409, 413, 422, 500):
            with self.subTest(status):
                self.problem(status, 'invalid_request', signed=False, detail=words, user_message=words)
                error = await self.refused()
                self.assertFalse(error.is_final)
                self.assertNotIn('evil', f'{error} {error.user_message} {error.code} {error.advice}')
                with self.assertRaises(SpawnFailed) as raised:
                    await self.spawner.start()
                self.assertNotIn('evil', str(raised.exception))
                self.assertEqual('No secret of ours' in str(raised.exception), status == 401)

    async def test_an_older_service_fails_a_start_that_says_what_to_update_first(self):
        self.answers(200, state_of(), signed=False)
        with self.assertRaises(SpawnFailed) as raised:
            await self.spawner.start()
        self.assertIn('update the service first', str(raised.exception))
        self.assertIn('tell your administrator', str(raised.exception))

    async def test_a_poll_is_split_even_if_an_unsigned_answer_calls_it_too_large(self):
        async def answer(handler):
            servers = json.loads(handler.request.body)['data']['servers']
            if len(servers) > 1:
                handler.set_status(413)
                return
            write_signed(handler, {'servers': [state_of()]})

        self.answer = answer
        states = await asyncio.gather(*(self.service.poll(ALICE) for _ in range(4)))
        self.assertEqual([state['state'] for state in states], ['running'] * 4)


class Costly(HubTestCase):
    """Sends bytes that no HTTP server would send."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.sent = 0
        self.server = await asyncio.start_server(self.accept, '127.0.0.1', 0)
        self.addCleanup(self.server.close)
        self.service = Service(f'http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}', SECRET)

    async def accept(self, reader, writer):
        with contextlib.suppress(ConnectionError):
            self.request = await reader.readuntil(b'\r\n\r\n')
            for piece in self.pieces():
                writer.write(piece)
                await writer.drain()
                self.sent += len(piece)
                await asyncio.sleep(self.pause)
        writer.close()

    async def cost_of(self, verb, pieces, pause=0, timeout=10):
        """Calls a service that answers with these pieces. Returns the peak of memory in bytes, and the seconds."""
        self.pieces, self.pause, self.sent = pieces, pause, 0
        begun = time.monotonic()
        tracemalloc.start()
        try:
            with self.assertRaises((Unreachable, Refused)) as raised:
                await self.service.call(verb, {}, timeout)
            self.assertFalse(getattr(raised.exception, 'is_final', False))
            return tracemalloc.get_traced_memory()[1], time.monotonic() - begun
        finally:
            tracemalloc.stop()

    async def test_no_body_is_read_beyond_the_limit(self):
        piece = b'x' * 100_000
        endless = [piece] * 2000
        for verb, limit in (('stop', swarmspawner.ANSWER_MAX_BYTES), ('poll', swarmspawner.POLL_ANSWER_MAX_BYTES)):
            for name, head, body in (
                ('announced', b'Content-Length: 200000000\r\n', endless),
                ('in chunks', b'Transfer-Encoding: chunked\r\n', [b'186a0\r\n%s\r\n' % piece] * 2000),
                ('without an end', b'', endless),
            ):
                with self.subTest(verb, body=name):
                    pieces = [b'HTTP/1.1 200 OK\r\n%s\r\n' % head, *body]
                    cost, _ = await self.cost_of(verb, lambda: iter(pieces))
                    # 16 MB: what the buffers of both sockets hold, although nobody has read it.
                    self.assertLess(self.sent, limit + 16_000_000)
                    self.assertLess(cost, 4 * limit + 4_000_000)

    async def test_no_body_is_unpacked(self):
        packed = gzip.compress(b'0' * 100_000_000)
        head = b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(packed)
        for verb in ('stop', 'poll'):
            cost, _ = await self.cost_of(verb, lambda: iter([head, packed]))
            self.assertLess(cost, 2_000_000)
            self.assertNotIn(b'gzip', self.request.lower())

    async def test_no_head_is_read_beyond_the_limit(self):
        for name, line in (
            ('headers', b'x: %s\r\n' % (b'y' * 1000)),
            ('one header', b'y' * 1000),
            ('statuses that go on', b'HTTP/1.1 100 Continue\r\n\r\n'),
        ):
            with self.subTest(name):
                pieces = [b'HTTP/1.1 200 OK\r\n', *[line * 100] * 500]
                if name.startswith('statuses'):
                    pieces = pieces[1:]
                cost, seconds = await self.cost_of('stop', lambda: iter(pieces))
                self.assertLess(cost, 8_000_000)
                self.assertLess(seconds, 8)

    async def test_an_answer_that_drips_ends_with_the_time_of_the_call(self):
        for pieces in ([b'HTTP/1.1 200 OK\r\n', *[b'x: y\r\n'] * 1000], [b'HTTP/1.1 200 OK\r\n\r\n', *[b'x'] * 1000]):
            _, seconds = await self.cost_of('stop', lambda: iter(pieces), pause=0.02, timeout=0.5)
            self.assertLess(seconds, 3)

    async def test_nonsense_is_unreachable(self):
        for text in (
            b'',
            b'\xff\xfe\x00',
            b'HTTP/1.1\r\n\r\n',
            b'HTTP/1.1 abc OK\r\n\r\n',
            b'HTTP/1.1 99999999999999999999 OK\r\n\r\n',
            b'HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n',
            b'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
            b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx',
            b'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
            b'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
            b'HTTP/1.1 200 OK\r\n continued\r\n\r\n',
            b'HTTP/1.1 101 Switching Protocols\r\n\r\n',
            b'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nxxxxx',
            b'HTTP/1.1 200 OK\r\nSet-Cookie: \xff\xff\r\n\r\n',
            b'HTTP/1.1 200 OK\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,\xe9\xff\r\nContent-Length: 2\r\n\r\n{}',
        ):
            with self.subTest(text):
                await self.cost_of('stop', lambda: iter([text]), timeout=2)


class Urls(HubTestCase):
    def read(self, **more):
        return readable(state_of(**more), ALICE, {8888, None})

    def test_urls_of_the_server_are_believed(self):
        for url in (SERVER_URL, f'http://{HOST}:8888', None):
            with self.subTest(url):
                self.assertEqual(self.read(url=url)['url'], url)

    def test_urls_of_other_hosts_and_ports_are_not_believed(self):
        other = '64489c85dc2fe0787b85cd87214b3810'
        for url in (
            *('', 'x', '//', 'javascript:alert(1)', 'file:///etc/passwd', 5, True, [], {}, [SERVER_URL]),
            *('http://evil.test:8888', 'http://127.0.0.1:8888', 'http://[::1]:8888', 'http://hub:8081'),
            *(f'{SERVER_URL}{tail}' for tail in ('/', '/../x', '?x', '#x', '\n', '\t', '0', ':80')),
            *(f'{SERVER_URL}{tail}' for tail in ('@evil.test', '.evil.test')),
            f' {SERVER_URL}',
            *(f'http://{user}@{SERVICE_NAME}:8888' for user in ('evil.test:8888', 'a:b', '')),
            f'http://{SERVICE_NAME}',
            *(f'https://{SERVICE_NAME}:8888', f'HTTP://{SERVICE_NAME}:8888', f'ftp://{SERVICE_NAME}:8888'),
            *(f'http://{SERVICE_NAME}.:8888', f'http://{SERVICE_NAME}.evil.test:8888', f'http://x.{SERVICE_NAME}:8888'),
            *(f'http://{SERVICE_NAME}:{port}' for port in ('22', '8889', '0', '08888', '88888', '-1', '٨٨٨٨', '8888 ')),
            *(f'http://jupyter-{other}-1:8888', f'http://jupyter-{other[:8]}-1-{"0" * 30}:8888'),
            *(f'http://{SERVICE_NAME}-{"0" * 30}:8888', f'http://jupyter-6384e2b2-2-{"0" * 30}:8888'),
            *(f'http://jupyter-6384e2b2-1-{tail}:8888' for tail in ('', '0' * 29, '0' * 31, 'g' * 30, 'A' * 30)),
            f'http://jupyter-6384e2b2-1-{"0" * 29}\n:8888',
        ):
            with self.subTest(url), self.assertRaises(Unreachable):
                self.read(url=url)

    def test_urls_of_the_users_other_servers_are_not_believed(self):
        own = SERVICE_NAME[:-1]
        for suffix in ('2', 'lab', '1--6b86b273', '6b86b273', '', '1-1', '1\n'):
            name = f'{own}{suffix}'
            with self.subTest(name), self.assertRaises(Unreachable):
                self.read(service_name=name, url=f'http://{name}:8888')

    async def test_a_known_url_stays_if_an_answer_has_another(self):
        spawner = self.make_spawner()
        spawner.load_state({'spawn_id': 's1', 'url': SERVER_URL})
        answer = {'servers': [state_of(url='http://evil.test:8888')]}
        self.patch(mock.patch.object(Service, 'call', mock.AsyncMock(return_value=answer)))
        self.assertIsNone(await spawner.poll())
        self.assertEqual(spawner.get_state()['url'], SERVER_URL)

    async def test_a_url_may_have_the_port_of_the_time_of_the_start(self):
        spawner = self.make_spawner(config={'service_port': 9999})
        answer = {'servers': [state_of()]}
        self.patch(mock.patch.object(Service, 'call', mock.AsyncMock(return_value=answer)))
        for known, expected in ((f'http://{HOST}:8888', SERVER_URL), (f'http://{HOST}:7777', f'http://{HOST}:7777')):
            spawner.load_state({'spawn_id': 's1', 'url': known})
            self.assertIsNone(await spawner.poll())
            self.assertEqual(spawner._url, expected)


ODD = (
    *(None, True, False, 0, -1, 2**31, 2**64, 10**400, 1.5, float('nan'), float('inf')),
    *('', 'x', '\n\x1b[31m', '\ud800', 'x' * 1_000_000),
    *([], [None], [[]], ['x'] * 1000, {}, {'a': 1}, [{}], [{'seq': 1}]),
)


class Fields(HubTestCase):
    def test_fields_of_a_state_are_typed_and_bounded_whatever_comes(self):
        for name in (*state_of(), 'advice', 'user_message', 'log'):
            for odd in ODD:
                with self.subTest(name, odd=repr(odd)[:40]), contextlib.suppress(Unreachable):
                    self.assert_plain(readable({**state_of('exited'), name: odd}, ALICE))

    def test_fields_of_an_event_are_typed_and_bounded_and_other_items_are_left_out(self):
        good = {'seq': 'a', 'message': 'Service created', 'progress': 5}
        for name in good:
            for odd in ODD:
                with self.subTest(name, odd=repr(odd)[:40]):
                    state = readable(state_of(events=[{**good, name: odd}, good, odd]), ALICE)
                    self.assert_plain(state)
                    self.assertIn(good, state['events'])
        self.assertLessEqual(len(readable(state_of(events=[good] * 10_000), ALICE)['events']), swarmspawner.EVENTS_MAX)

    def assert_plain(self, state):
        self.assertIn(state['state'], swarmspawner.STATES)
        self.assertIn(type(state['status']), (int, type(None)))
        self.assertLess(abs(state['status'] or 0), 2**32)
        texts = [state[name] for name in ('service_id', 'spawn_id', 'reason', 'advice', 'user_message')]
        texts += [*state['log'], *(event[name] for event in state['events'] for name in ('seq', 'message'))]
        for text in texts:
            self.assertIn(type(text), (str, type(None)))
            self.assertLessEqual(len(text or ''), swarmspawner.TEXT_MAX_CHARS)
        for event in state['events']:
            self.assertTrue(0 <= event['progress'] <= 90)
        self.assertLessEqual(len(state['log']), swarmspawner.LINES_MAX)

    def test_fields_of_a_problem_are_typed_and_bounded_whatever_comes(self):
        service = Service('http://service.test', SECRET)
        problem = {'status': 422, 'code': 'not_allowed', 'detail': 'no', 'user_message': 'No.', 'retryable': False}
        for name in (*problem, 'advice', 'issues'):
            for odd in ODD:
                changed = {**problem, name: odd}
                if not isinstance(changed['code'], str) or not isinstance(changed['detail'], str):
                    continue
                with self.subTest(name, odd=repr(odd)[:40]):
                    error = service._problem(changed)
                    self.assertLessEqual(len(str(error)), swarmspawner.TEXT_MAX_CHARS)
                    if isinstance(error, Refused):
                        self.assertTrue(400 <= error.status <= 599)
                        self.assertRegex(error.code, '^[a-z0-9_]{1,64}$')
                        for text in (error.user_message, error.advice):
                            self.assertIn(type(text), (str, type(None)))
