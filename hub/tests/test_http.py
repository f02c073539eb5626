import asyncio
import base64
import hashlib
import hmac
import json
import logging
import socket
import time
from unittest import mock

import swarmspawner
from support import ElsewhereTestCase, SECRET, state_of
from swarmspawner import Refused, Service, Unreachable
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

KEY = base64.b64decode(SECRET[len('whsec_') :])


def signature_of(message_id, timestamp, body):
    """Returns a signature of Standard Webhooks. A second implementation, to compare the class with."""
    content = f'{message_id}.{timestamp}.'.encode() + body
    return 'v1,' + base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()


def is_signed(request):
    expected = signature_of(request.headers['webhook-id'], request.headers['webhook-timestamp'], request.body)
    is_recent = abs(time.time() - int(request.headers['webhook-timestamp'])) < 5
    return is_recent and request.headers['webhook-signature'] == expected


def write_signed(handler, body):
    """Answers as the service does."""
    body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    call_id, now = handler.request.headers['webhook-id'], str(int(time.time()))
    headers = {'id': call_id, 'timestamp': now, 'signature': signature_of(call_id, now, body)}
    for name, value in headers.items():
        handler.set_header(f'webhook-{name}', value)
    handler.write(body)


class HttpTestCase(ElsewhereTestCase):
    """Has a real HTTP server on loopback. The test sets `answer`, its only handler."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.requests = []
        test = self

        class Handler(web.RequestHandler):
            async def post(self):
                test.requests.append(self.request)
                await test.answer(self)

        sock, port = bind_unused_port()
        server = HTTPServer(web.Application([('/.*', Handler)]))
        server.add_sockets([sock])
        self.addAsyncCleanup(server.close_all_connections)
        self.addCleanup(server.stop)
        logging.getLogger('tornado.access').setLevel(logging.CRITICAL)
        self.url = f'http://127.0.0.1:{port}'
        self.service = Service(self.url, SECRET)

    def answers(self, status, body, content_type='application/json', signed=True, **headers):
        """Sets the answer of the server: signed as by the service, or unsigned as by somebody else."""

        async def answer(handler):
            handler.set_status(status)
            handler.set_header('Content-Type', content_type)
            for name, value in headers.items():
                handler.set_header(name, value)
            if signed:
                write_signed(handler, body)
            else:
                handler.write(body if isinstance(body, (str, bytes)) else json.dumps(body))

        self.answer = answer

    def problem(self, status, code, signed=True, **more):
        problem = {'type': 'about:blank', 'title': code, 'status': status, 'code': code, 'detail': 'detail', **more}
        self.answers(status, json.dumps(problem), 'application/problem+json', signed)

    async def refused(self, timeout=5):
        with self.assertRaises(Refused) as raised:
            await self.service.call('stop', {}, timeout)
        return raised.exception

    async def unreachable(self, timeout=5):
        with self.assertRaises(Unreachable) as raised:
            await self.service.call('stop', {}, timeout)
        return raised.exception


class Call(HttpTestCase):
    async def test_a_call_is_a_signed_post_of_its_type(self):
        self.answers(200, state_of())
        data = {'server': {'username': 'Ælfred 🚀'}}
        self.assertEqual(await self.service.call('poll', data, 5), state_of())
        (request,) = self.requests
        self.assertEqual((request.method, request.path), ('POST', '/poll'))
        self.assertTrue(request.headers['Content-Type'].startswith('application/json'))
        body = json.loads(request.body)
        self.assertEqual((body['type'], body['data']), ('spawner.poll', data))
        self.assertTrue(is_signed(request))

    async def test_each_call_has_an_id_of_its_own(self):
        self.answers(200, {})
        for _ in range(2):
            await self.service.call('poll', {}, 5)
        first, second = self.requests
        self.assertNotEqual(first.headers['webhook-id'], second.headers['webhook-id'])

    async def test_a_call_goes_below_the_path_of_service_url(self):
        self.answers(200, {})
        for url in (f'{self.url}/spawn', f'{self.url}/spawn/'):
            await Service(url, SECRET).call('start', {}, 5)
        self.assertEqual([request.path for request in self.requests], ['/spawn/start'] * 2)

    async def test_a_closed_port_is_unreachable(self):
        sock, port = bind_unused_port()
        sock.close()
        self.service = Service(f'http://127.0.0.1:{port}', SECRET)
        self.assertIn(str(port), str(await self.unreachable()))

    async def test_a_name_that_does_not_exist_is_unreachable(self):
        with mock.patch.object(socket, 'getaddrinfo', side_effect=socket.gaierror(-2, 'Name or service not known')):
            self.service = Service('http://swarmspawner.invalid:8080', SECRET)
            await self.unreachable()

    async def test_a_call_goes_to_another_copy_of_the_service_if_one_does_not_listen(self):
        self.answers(200, state_of())
        port = self.url.rpartition(':')[2]
        # Docker's DNS returns the addresses of all copies of a service. All of 127.0.0.0/8 is this machine.
        copies = ['127.0.0.2', '127.0.0.3', '127.0.0.1']

        def getaddrinfo(host, port, *more, **named):
            self.assertEqual(host, 'swarmspawner')
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, '', (copy, port)) for copy in copies]

        self.patch(mock.patch.object(socket, 'getaddrinfo', getaddrinfo))
        service = Service(f'http://swarmspawner:{port}', SECRET)
        for _ in range(5):
            self.assertEqual((await service.call('stop', {}, 5))['state'], 'running')
        self.assertEqual(len(self.requests), 5)

    async def test_a_service_that_does_not_answer_in_time_is_unreachable(self):
        over = asyncio.Event()
        self.addCleanup(over.set)
        self.answer = lambda handler: over.wait()
        begun = time.monotonic()
        await self.unreachable(timeout=0.2)
        self.assertLess(time.monotonic() - begun, 2)

    async def test_a_service_whose_connection_breaks_is_unreachable(self):
        async def answer(handler):
            handler.request.connection.stream.close()

        self.answer = answer
        await self.unreachable()

    async def test_a_call_does_not_follow_a_redirect(self):
        for status in (301, 302, 307, 308):
            with self.subTest(status):
                self.answers(status, '', signed=False, Location=f'{self.url}/other')
                await self.refused()
        self.assertNotIn('/other', [request.path for request in self.requests])

    async def test_a_service_is_unreachable_if_a_proxy_answers_for_it(self):
        for status in (429, 502, 503, 504):
            with self.subTest(status):
                self.answers(status, '<h1>Bad Gateway</h1>', 'text/html', signed=False)
                self.assertIn(str(status), str(await self.unreachable()))

    async def test_an_answer_of_something_else_is_refused(self):
        for status, body in ((404, '<h1>No</h1>'), (200, '<h1>Welcome</h1>'), (200, '[]'), (200, '"x"'), (500, '{}')):
            for signed in (False, True) if body in ('[]', '"x"') else (False,):
                with self.subTest(status, body=body, signed=signed):
                    self.answers(status, body, signed=signed)
                    error = await self.refused()
                    self.assertIn('not an answer of SwarmSpawner', str(error))
                    self.assertIn(self.url, str(error))
                    self.assertFalse(error.is_final)

    async def test_a_retryable_problem_is_unreachable(self):
        for status in (503, 504, 429, 500):
            with self.subTest(status):
                self.problem(status, 'engine_unreachable', retryable=True, user_message='Try again')
                self.assertEqual(str(await self.unreachable()), 'detail')

    async def test_any_other_problem_is_refused_with_all_its_fields(self):
        self.problem(409, 'superseded', retryable=False, user_message='Another start has taken over.')
        error = await self.refused()
        self.assertEqual((error.status, error.code, str(error)), (409, 'superseded', 'detail'))
        self.assertEqual(error.user_message, 'Another start has taken over.')

    async def test_a_wrong_url_is_refused_with_the_name_of_its_setting(self):
        for url in ('', 'swarmspawner:8080', 'ftp://x'):
            with self.subTest(url):
                self.service = Service(url, SECRET)
                self.assertIn('service_url', str(await self.refused()))

    async def test_a_hundred_calls_run_at_once(self):
        arrived = []
        over = asyncio.Event()

        async def answer(handler):
            arrived.append(handler)
            if len(arrived) == 100:
                over.set()
            await over.wait()
            write_signed(handler, {})

        self.answer = answer
        calls = (self.service.call('start', {}, 10) for _ in range(100))
        self.assertEqual(await asyncio.wait_for(asyncio.gather(*calls), 10), [{}] * 100)


class OverHttp(HttpTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner(config={'service_url': self.url})
        self.spawner.load_state({'spawn_id': 's1'})

    async def test_a_poll_is_none_whatever_comes_back(self):
        nested = '[' * 100_000
        nonsense = ('<html>', '', '{}', '[]', 'null', b'\xff', nested, f'{{"servers":{nested}')
        for status, body in ((status, body) for status in (200, 302, 401, 404, 500, 502) for body in nonsense):
            for signed in (True, False):
                with self.subTest(status, body=body[:20], signed=signed):
                    self.answers(status, body, signed=signed)
                    self.assertIsNone(await self.spawner.poll())

    async def test_a_poll_gives_up_after_its_timeout(self):
        over = asyncio.Event()
        self.addCleanup(over.set)
        self.answer = lambda handler: over.wait()
        with mock.patch.object(swarmspawner, 'POLL_TIMEOUT', 0.2):
            self.assertIsNone(await asyncio.wait_for(self.spawner.poll(), 2))

    async def test_a_start_waits_for_a_port_that_really_opens(self):
        sock, port = bind_unused_port()
        url = f'http://127.0.0.1:{port}'
        sock.close()

        async def answer(handler):
            spawn_id = json.loads(handler.request.body)['data']['spawn_id']
            write_signed(handler, state_of(url=url, spawn_id=spawn_id))
            asyncio.get_running_loop().call_later(0.3, open_port)

        def open_port():
            later = HTTPServer(web.Application())
            later.listen(port, '127.0.0.1')
            self.addCleanup(later.stop)

        self.answer = answer
        begun = time.monotonic()
        self.assertEqual(await self.spawner.start(), url)
        self.assertGreater(time.monotonic() - begun, 0.25)
