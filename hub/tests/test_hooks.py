"""Hooks change settings for one start: not for the next one, and not for another user."""

import threading

from jupyterhub import orm
from support import ElsewhereTestCase, ScriptedTestCase, serve_notebook, state_of

SPEC = {'image': 'a', 'mounts': [{'source': 'home-{username}', 'target': '/home/jovyan'}]}


def append(spawner, auth_state=None):
    spawner.container_spec['mounts'].append({'source': 'data', 'target': '/data'})
    spawner.networks.append('more')
    spawner.environment['A'] = spawner.environment.get('A', '') + '1'


class Hooks(ElsewhereTestCase, ScriptedTestCase):
    config = {'start_timeout': 60, 'poll_interval': 0, 'container_spec': SPEC, 'networks': ['jupyterhub']}
    # The hub looks for the notebook itself, over real HTTP.
    patience = 0.02

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.db.add(orm.OAuthClient(identifier='jupyterhub'))
        # All users have the one configuration of the hub.
        self.hub_config = self.make_user().settings['config']

    def user(self, name, **config):
        user = self.make_user(name)
        self.hub_config.SwarmSpawner.update(config)
        user.settings['config'] = self.hub_config
        return user

    async def sent(self, user, failing=False):
        """Starts and stops a server. Returns what the service got of the settings that the hook changes."""
        url = serve_notebook(self)
        state = state_of('failed', reason='x') if failing else state_of(url=url)
        service = self.script(state, state_of('absent'))
        try:
            await user.spawn()
            await user.stop()
        except Exception:
            self.assertTrue(failing)
        (request,) = service.sent('start')
        targets = [mount['target'] for mount in request['config']['container_spec']['mounts']]
        return targets, request['config']['networks'], request['env']['A']

    expected = ['/home/jovyan', '/data'], ['jupyterhub', 'more'], '1'

    async def test_a_hook_that_appends_does_the_same_at_each_start_of_each_user(self):
        for hook in ('pre_spawn_hook', 'auth_state_hook'):
            with self.subTest(hook):
                users = [self.user(f'{name}-{hook}', **{hook: append}) for name in ('alice', 'bob')]
                for user in [*users, *users]:
                    self.assertEqual(await self.sent(user), self.expected)
                self.hub_config.SwarmSpawner.pop(hook)
        self.assertEqual(len(SPEC['mounts']), 1)

    async def test_a_hook_that_appends_does_the_same_after_a_start_that_failed(self):
        user = self.user('alice', pre_spawn_hook=append)
        spawner = user.spawners['']
        for failing in (True, True, False):
            # Not even if the hub kept the spawner.
            user.spawners[''] = spawner
            self.assertEqual(await self.sent(user, failing), self.expected)

    async def test_the_hook_of_the_page_with_the_form_leaves_nothing_for_the_start(self):
        user = self.user('alice', auth_state_hook=append)
        for _ in range(3):
            await user.spawners[''].run_auth_state_hook({})
        self.assertEqual(await self.sent(user), self.expected)

    async def test_what_the_reader_of_a_form_sets_holds_for_the_start(self):
        def read(form, spawner):
            append(spawner)
            spawner.mem_limit = '1G'
            return {}

        user = self.user('alice', options_from_form=read)
        spawner = user.spawners['']
        for _ in range(3):
            # The hub's page: the first two forms are refused, or sent twice.
            spawner.run_options_from_form({})
        self.assertEqual(await self.sent(user), self.expected)
        self.assertFalse(spawner.mem_limit)

    async def test_what_a_hook_replaces_is_back_for_the_next_start(self):
        def replace(spawner):
            spawner.container_spec = {'image': 'b', 'mounts': []}
            spawner.mem_limit = '1G'
            spawner.cmd = ['x']
            append(spawner)

        user = self.user('alice', pre_spawn_hook=replace)
        spawner = user.spawners['']
        await self.sent(user)
        self.assertEqual(spawner.container_spec, SPEC)
        self.assertFalse(spawner.mem_limit)
        self.assertFalse(spawner.cmd)

    async def test_a_default_that_depends_on_what_a_hook_sets_is_right_at_each_start(self):
        def set_port(spawner, auth_state):
            spawner.service_port = 9999

        user = self.user('alice', auth_state_hook=set_port)
        await user.spawners[''].run_auth_state_hook({})
        with self.assertRaises(Exception):
            service = self.script(state_of('failed', reason='x'), state_of('absent'))
            await user.spawn()
        self.assertEqual(service.sent('start')[0]['port'], 9999)

    async def test_a_value_that_cannot_be_copied_stays(self):
        lock = threading.Lock()
        spawner = self.make_spawner(environment={'B': lock})
        spawner.clear_state()
        self.assertIs(spawner.environment['B'], lock)
