"""The class in a real hub of the installed version, over the real service and the embedded engine."""

import asyncio
import contextlib
import functools
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from hub_process import HubProcess
from hub_visitor import Visitor
from support import HUB_VERSION, NODE, NODE_IS_THERE, PROGRAM, SECRET, Process, ServedTestCase, needs
from tornado.httpclient import HTTPError


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class RealHub(ServedTestCase):
    config = {}
    is_forked = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serve()
        cls.addClassCleanup(lambda: cls.service.end())

    @classmethod
    def serve(cls, **env):
        cls.service = Process('serve', until='listening on ([^"]+)', env={**cls.env, **env})

    def run_program(self, *command):
        """Returns what a command of the service's program prints."""
        env = {'PATH': os.environ['PATH'], **self.env}
        done = subprocess.run([NODE, str(PROGRAM), *command], env=env, check=True, capture_output=True, text=True)
        return done.stdout

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.secret = pathlib.Path(directory.name) / 'secret'
        self.secret.write_text(SECRET)
        env = {'SWARMSPAWNER_URL': self.service.found, 'SWARMSPAWNER_SECRET_FILE': str(self.secret)}
        self.hub = HubProcess(directory.name, env, {'SwarmSpawner': {'stop_timeout': 5}}, self.is_forked)
        self.addCleanup(self.hub.end)

    async def start_server(self, user, path='server', body=None):
        """Starts a server. Returns the hub's answer once the start is over."""
        await self.hub.ask('POST', f'/users/{user}')
        answer = await self.hub.ask('POST', f'/users/{user}/{path}', body)

        async def is_over():
            servers = await self.hub.servers(user)
            return not any(server['pending'] for server in servers.values())

        await self.hub.until(is_over)
        return answer

    async def is_ready(self, user, name=''):
        return (await self.hub.servers(user)).get(name, {}).get('ready', False)


class Restart(RealHub):
    async def test_a_restarted_hub_keeps_a_server_while_the_secret_cannot_be_read(self):
        await self.hub.start()
        await self.start_server('alice')
        self.assertTrue(await self.is_ready('alice'), self.hub.log)
        self.hub.end()
        hidden = self.secret.rename(self.secret.with_name('hidden'))
        await self.hub.start()
        await self.hub.until(lambda: self.is_ready('alice'))
        for words in ('not running', 'Failed to poll', 'appears to have stopped', 'invalid url'):
            self.assertNotIn(words, self.hub.log)
        self.assertIn('SWARMSPAWNER_SECRET_FILE) cannot be read', self.hub.log)
        self.assertIn('No server can be started, stopped or looked at', self.hub.log)
        hidden.rename(self.secret)
        await self.hub.ask('DELETE', '/users/alice/server')
        self.assertFalse(await self.is_ready('alice'))
        self.assertNotIn('may be left in the swarm', self.hub.log)

    async def test_a_hub_restarted_during_a_start_does_not_wait_once_the_server_is_gone(self):
        """After such a restart, the hub has the server's row without a state, and a made-up address."""
        self.hub.config['SwarmSpawner'].update(container_spec={'image': 'demo/pull-forever'}, http_timeout=60)
        await self.hub.start()
        await self.hub.ask('POST', '/users/alice')
        starting = asyncio.ensure_future(self.hub.ask('POST', '/users/alice/server'))
        await self.hub.until(self.is_created)
        self.hub.kill()
        await asyncio.wait([starting])
        starting.exception()
        self.service.end()
        await self.hub.start()
        self.assertTrue(await self.hub.servers('alice'))
        self.run_program('stop', '--user', 'alice', '--now')
        self.serve(PORT=self.service.found.rsplit(':', 1)[1])
        begun = time.monotonic()
        await self.hub.until(self.is_gone)
        self.assertLess(time.monotonic() - begun, 20)
        self.assertNotIn('invalid url', self.hub.log)

    async def is_created(self):
        return 'jupyter-' in self.run_program('ls')

    async def is_gone(self):
        return not await self.hub.servers('alice')


    async def test_a_restarted_hub_has_no_word_against_the_url_of_a_server(self):
        # Capital letters in the name of the service, and a server with a path of its own.
        self.hub.config['SwarmSpawner'].update(service_prefix='Jupyter-Physics')
        await self.hub.start()
        for path in ('server', 'servers/lab-1'):
            await self.start_server('alice', path)
        self.hub.end()
        await self.hub.start()
        for name in ('', 'lab-1'):
            await self.hub.until(functools.partial(self.is_ready, 'alice', name))
        self.assertNotIn('invalid url', self.hub.log)


class Hooks(RealHub):
    async def test_hooks_that_append_do_the_same_at_each_start_of_each_user(self):
        mounts = [{'source': 'home-{username}', 'target': '/home/jovyan'}]
        self.hub.config['SwarmSpawner'].update(container_spec={'image': 'demo/notebook', 'mounts': mounts})
        for hook in ('pre_spawn_hook', 'auth_state_hook'):
            self.hub.config['TestHub'] = [hook]
            await self.hub.start()
            for user in ('alice', 'bob', 'alice', 'bob'):
                await self.start_server(user)
                self.assertTrue(await self.is_ready(user), self.hub.log)
                await self.hub.ask('DELETE', f'/users/{user}/server')
            self.hub.end()

    async def test_the_hubs_page_runs_a_hook_that_appends_before_the_start_does(self):
        self.hub.config['TestHub'] = ['auth_state_hook']
        self.hub.config['SwarmSpawner'].update(container_spec={'image': 'demo/notebook', 'mounts': []})
        await self.hub.start()
        await self.hub.ask('POST', '/users/alice')
        # Without a form, the page starts the server.
        visitor = await Visitor(self.hub.origin).log_in('alice')
        await visitor.get('/hub/spawn')
        await self.hub.until(functools.partial(self.is_ready, 'alice'))


class Starts(RealHub):
    async def test_what_the_hub_adds_to_the_url_of_its_form_is_no_option(self):
        self.hub.config['SwarmSpawner'].update(use_user_options=True)
        await self.hub.start()
        await self.hub.ask('POST', '/users/alice')
        visitor = await Visitor(self.hub.origin).log_in('alice')
        await visitor.get('/hub/spawn?_xsrf=2%7Ca%7Cb&next=%2Fhub%2Fhome&image=demo/notebook')
        await self.hub.until(functools.partial(self.is_ready, 'alice'))
        self.assertEqual((await self.hub.servers('alice'))['']['user_options'], {'image': 'demo/notebook'})

    async def test_the_log_of_a_failed_start_has_one_reason(self):
        fetched = 'The image of this server was still being fetched when the time was up.'
        for config, reason, sentence in (
            ({'container_spec': {'image': 'demo/exit-3'}}, 'did not start: task: non-zero exit (3)', 'exit code 3'),
            ({'container_spec': {'image': 'demo/pull-forever'}, 'start_timeout': 4}, 'did not start within 4 seconds', fetched),
        ):
            with self.subTest(config):
                self.hub.config['SwarmSpawner'].update(config)
                await self.hub.start()
                told = json.loads((await self.start_server('alice')).body)['message']
                self.hub.end()
                self.assertIn(sentence, told)
                self.assertIn('tell your administrator', told)
                lines = [line for line in self.hub.log.splitlines() if line.startswith('[E ') and 'alice' in line]
                # Ours has the reason for an admin. Then the hub's own line has what its user reads.
                ours, hubs = [line for line in lines if ' POST ' not in line]
                self.assertIn(f'alice: {reason}', ours)
                self.assertIn(told, hubs)
                for words in ('has ended', 'may be left in the swarm', 'never showed up', 'slow to start'):
                    self.assertNotIn(words, self.hub.log)

    async def test_the_limit_counts_failures_and_from_6_on_no_refusals(self):
        self.hub.config['SwarmSpawner'].update(use_user_options=True, consecutive_failure_limit=2)
        await self.hub.start()
        if HUB_VERSION >= (6, 0):
            for _ in range(3):
                answer = await self.start_server('alice', body={'privileged': True})
                self.assertEqual(answer.code, 400)
                self.assertIn('privileged', json.loads(answer.body)['message'])
        for name in ('bob', 'carol'):
            await self.hub.ask('POST', f'/users/{name}')
            # The second failure ends the hub, which may not answer any more.
            with contextlib.suppress(OSError, HTTPError):
                answer = await self.hub.ask('POST', f'/users/{name}/server', {'image': 'demo/image-missing'})
                self.assertIn('could not be fetched', json.loads(answer.body)['message'])
        await self.hub.until_ended()
        self.assertIn('Aborting due to 2 consecutive spawn failures', self.hub.log)


class Deletion(RealHub):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.hub.config['JupyterHub'] = {'named_server_limit_per_user': 1}
        await self.hub.start()

    async def delete(self, name, **body):
        answer = await self.hub.ask('DELETE', f'/users/alice/servers/{name}', body)
        self.assertEqual(answer.code, 204, answer.body)

    async def test_a_deleted_named_server_makes_room_for_another_at_once(self):
        for number in range(4):
            answer = await self.start_server('alice', f'servers/lab{number}')
            self.assertIn(answer.code, (201, 202), answer.body)
            await self.delete(f'lab{number}', remove=True)

    async def test_deleting_a_stopped_server_does_not_wait_for_a_silent_service(self):
        await self.start_server('alice', 'servers/lab')
        await self.delete('lab')
        self.service.send_signal(signal.SIGSTOP)
        self.addCleanup(self.service.send_signal, signal.SIGCONT)
        begun = time.monotonic()
        await self.delete('lab', remove=True)
        self.assertLess(time.monotonic() - begun, 5)


class AfterAStop(RealHub):
    # One hub is started as an admin does, with all that Python and JupyterHub do before the configuration is read.
    is_forked = False

    async def test_post_stop_hook_finds_that_the_server_has_ended(self):
        self.hub.config['TestHub'] = ['post_stop_hook']
        await self.hub.start()
        await self.start_server('alice')
        await self.hub.ask('DELETE', '/users/alice/server')
        await self.hub.until(self.is_hook_over)
        self.assertIn('post_stop_hook: the server is absent, and poll says 0', self.hub.log)

    async def is_hook_over(self):
        return 'post_stop_hook: ' in self.hub.log
