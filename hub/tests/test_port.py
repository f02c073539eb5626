"""The looks at a server's port: by the system, and by the client and resolver of the hub itself."""

import asyncio
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import swarmspawner
from support import HUB_VERSION, HubTestCase
from swarmspawner import connect_problem, hub_problem
from tornado import web
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.testing import bind_unused_port

try:
    from tornado.curl_httpclient import CurlAsyncHTTPClient
except ImportError:
    CurlAsyncHTTPClient = None


class OtherClient(SimpleAsyncHTTPClient):
    """A client that is not tornado's own, as hubs with pycurl have one."""


class PortTestCase(HubTestCase):
    def closed_port(self):
        sock, port = bind_unused_port()
        sock.close()
        return port

    def serve(self, status=200):
        """Starts a server that answers with a status, and returns its URL."""

        class Handler(web.RequestHandler):
            def get(self):
                self.set_status(status)
                self.set_header('Location', 'http://elsewhere.invalid/')

        sock, port = bind_unused_port()
        server = HTTPServer(web.Application([('/.*', Handler)]))
        server.add_sockets([sock])
        self.addAsyncCleanup(server.close_all_connections)
        self.addCleanup(server.stop)
        logging.getLogger('tornado.access').setLevel(logging.CRITICAL)
        return f'http://127.0.0.1:{port}'

    def resolve(self, answer):
        """Replaces the system's resolver."""
        self.patch(mock.patch.object(socket, 'getaddrinfo', answer))


class ConnectProblem(PortTestCase):
    async def test_connect_problem_is_none_if_something_listens(self):
        sock, port = bind_unused_port()
        self.addCleanup(sock.close)
        self.assertIsNone(await connect_problem(f'http://127.0.0.1:{port}'))

    async def test_connect_problem_says_why_nothing_listens(self):
        self.assertIn('Errno', await connect_problem(f'http://127.0.0.1:{self.closed_port()}'))

    async def test_connect_problem_is_none_if_something_listens_at_one_of_several_addresses(self):
        sock, port = bind_unused_port()
        self.addCleanup(sock.close)
        at = [(socket.AF_INET, socket.SOCK_STREAM, 6, '', (host, port)) for host in ('127.0.0.2', '127.0.0.1')]
        self.resolve(lambda *args: at)
        self.assertIsNone(await connect_problem(f'http://a.test:{port}'))

    async def test_connect_problem_says_that_a_name_or_port_does_not_exist(self):
        def getaddrinfo(*args):
            raise socket.gaierror(-2, 'Name or service not known')

        self.resolve(getaddrinfo)
        self.assertIn('Name or service not known', await connect_problem('http://a.test:1'))
        self.assertIsNotNone(await connect_problem('http://a.test:not-a-port'))


class SlowLookups(PortTestCase):
    """A DNS that does not answer, as in a cluster whose network is down."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.over = threading.Event()
        self.addCleanup(self.over.set)
        self.asked = []
        self.resolve(self.getaddrinfo)
        self.patch(mock.patch.object(swarmspawner, 'PROBE_TIMEOUT', 0.05))

    def getaddrinfo(self, host, *args):
        self.asked.append(host)
        self.over.wait(20)
        raise socket.gaierror(-3, 'Temporary failure in name resolution')

    async def test_a_name_is_looked_up_once_at_a_time(self):
        for _ in range(5):
            self.assertEqual(await connect_problem('http://a.test:1'), 'no answer')
        self.assertEqual(self.asked, ['a.test'])
        self.over.set()
        while swarmspawner._lookups[asyncio.get_running_loop()]:
            await asyncio.sleep(0.01)
        self.assertIn('Temporary failure', await connect_problem('http://a.test:1'))
        self.assertEqual(self.asked, ['a.test', 'a.test'])

    async def test_slow_look_ups_leave_the_threads_of_the_hub_free(self):
        names = [f'http://n{number}.test:1' for number in range(100)]
        self.assertEqual(await asyncio.gather(*map(connect_problem, names)), ['no answer'] * 100)
        self.assertLessEqual(len(self.asked), swarmspawner.LOOKUP_THREADS)
        begun = time.monotonic()
        await asyncio.get_running_loop().run_in_executor(None, int)
        self.assertLess(time.monotonic() - begun, 1)


    async def test_the_hub_does_not_wait_until_a_thread_of_a_look_up_runs(self):
        self.patch(mock.patch.object(swarmspawner, '_lookup_threads', ThreadPoolExecutor(8)))
        await connect_problem('http://first.test:1')
        started, start = [], threading.Thread.start

        def start_and_tell(thread):
            started.append(threading.current_thread() is threading.main_thread())
            start(thread)

        self.patch(mock.patch.object(threading.Thread, 'start', start_and_tell))
        await asyncio.gather(*(connect_problem(f'http://n{number}.test:1') for number in range(7)))
        while len(self.asked) < 8:
            await asyncio.sleep(0.01)
        self.assertEqual(started, [False] * 7)


class HubProblem(PortTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        if HUB_VERSION >= (6, 0):
            from jupyterhub.httpclient import JupyterHubHTTPClient

            self.addAsyncCleanup(JupyterHubHTTPClient.loop_instance().close)

    async def test_hub_problem_is_none_if_the_hub_gets_any_answer(self):
        for status in (200, 302, 404, 500):
            with self.subTest(status):
                self.assertIsNone(await hub_problem(f'{self.serve(status)}/user/alice/api'))

    async def test_hub_problem_says_why_the_hub_gets_no_answer(self):
        problem = await hub_problem(f'http://127.0.0.1:{self.closed_port()}/')
        if HUB_VERSION < (6, 0):
            # This client uses the system's resolver, which the look before has already asked.
            self.assertIsNone(problem)
        else:
            self.assertIn('the hub itself does not reach it: ', problem)

    async def test_hub_problem_asks_the_client_of_hubs_from_6_on(self):
        self.assertEqual(swarmspawner.hub_fetch is not None, HUB_VERSION >= (6, 0))
        with mock.patch.object(swarmspawner, 'hub_fetch', side_effect=OSError('an old address')) as asked:
            self.assertIn('an old address', await hub_problem('http://a.test:1/api'))
        asked.assert_called_once_with('http://a.test:1/api', raise_for_status=False, allow_redirects=False)

    async def test_hub_problem_asks_nobody_if_the_hub_uses_the_systems_resolver(self):
        self.patch(mock.patch.object(swarmspawner, 'hub_fetch', None))
        with mock.patch.object(SimpleAsyncHTTPClient, 'fetch') as asked:
            self.assertIsNone(await hub_problem('http://a.test:1/api'))
        asked.assert_not_called()

    async def test_hub_problem_asks_another_client_if_the_hub_is_set_up_with_it(self):
        self.addCleanup(AsyncHTTPClient.configure, AsyncHTTPClient.configured_class())
        for kind in filter(None, (OtherClient, CurlAsyncHTTPClient)):
            with self.subTest(kind.__name__), mock.patch.object(swarmspawner, 'hub_fetch', None):
                AsyncHTTPClient.configure(kind)
                self.assertIsNone(await hub_problem(f'{self.serve(404)}/api'))
                self.assertIn('does not reach it', await hub_problem(f'http://127.0.0.1:{self.closed_port()}/'))

    async def test_hub_problem_says_that_an_answer_takes_too_long(self):
        async def silent(*args, **named):
            await asyncio.sleep(100)

        self.patch(mock.patch.object(swarmspawner, 'hub_fetch', silent))
        with mock.patch.object(swarmspawner, 'HUB_LOOK_TIMEOUT', 0.05):
            self.assertIn('TimeoutError', await hub_problem('http://a.test:1/'))
