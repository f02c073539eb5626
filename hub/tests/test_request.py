import base64
import os
from unittest import mock

from jupyterhub import orm
from jupyterhub.spawner import Spawner
from support import HUB_VERSION, SECRET, ScriptedTestCase, state_of
from swarmspawner import SpawnFailed, SwarmSpawner
from traitlets import TraitError

# Every setting that is sent unchanged, with a value that an admin may give it.
SENT = {
    'container_spec': {'Image': 'a', 'env': {'A': '{{.Node.Hostname}}'}, 'mounts': []},
    'service_image': 'b',
    'mounts': [{'type': 'volume', 'source': 'jupyter-{username}', 'target': '/home/jovyan/work'}, 'a:/b:ro'],
    'networks': ['jupyterhub', {'target': 'other', 'aliases': ['x']}],
    'resource_spec': {'cpu_limit': 1000000000, 'mem_limit': 1073741824, 'generic_resources': {'gpu': 1}},
    'placement': ['node.role==worker'],
    'service_prefix': 'hub2',
    'endpoint': 'vip',
    'url_host': 'service',
    'restart_policy': 'on-failure',
    'init': False,
    'stop_grace_period': '5s',
    'log_driver': {'Name': 'none'},
    'healthcheck': {'test': ['CMD', 'true']},
    'labels': {'a': '1'},
    'notebook_dir': '/home/jovyan',
    'cpu_limit': 1.5,
    'cpu_guarantee': 0.5,
}
OTHER_SHAPES = [
    ('placement', {'constraints': ['node.role==worker'], 'max_replicas': 1}),
    ('restart_policy', {'condition': 'any', 'delay': '5s'}),
    ('restart_policy', 'none'),
    ('stop_grace_period', 10000000000),
    ('stop_grace_period', 0),
    ('log_driver', 'none'),
    ('init', True),
    ('endpoint', 'dnsrr'),
    ('url_host', 'start'),
    ('container_spec', {'image': 'a', 'args': 'start.sh --x'}),
]


class RequestTestCase(ScriptedTestCase):
    is_admin = True

    async def request(self, username='alice', server_name='', config=None, **traits):
        """Returns the data of the call of a start with these settings."""
        service = self.script(state_of())
        self.spawner = self.make_spawner(username, server_name, config=config, **traits)
        await self.spawner.start()
        return service.sent('start')[0]

    async def refuse(self, **more):
        service = self.script(state_of())
        with self.assertRaises(SpawnFailed) as raised:
            await self.make_spawner(**more).start()
        self.assertEqual(service.calls, [])
        return str(raised.exception)


class Settings(RequestTestCase):
    async def test_settings_are_sent_under_their_names_with_their_values(self):
        request = await self.request(config=SENT)
        self.assertEqual(request['config'], {**SENT, 'use_user_options': False})

    async def test_settings_in_another_form_are_sent_unchanged(self):
        for name, value in OTHER_SHAPES:
            with self.subTest(name, value=value):
                self.assertEqual((await self.request(config={name: value}))['config'][name], value)

    async def test_settings_are_sent_only_if_they_are_set(self):
        request = await self.request()
        self.assertEqual(request['config'], {'service_prefix': 'jupyter', 'use_user_options': False})

    async def test_memory_settings_of_jupyterhub_are_sent_in_bytes(self):
        config = (await self.request(config={'mem_limit': '1.5G', 'mem_guarantee': 1024}))['config']
        self.assertEqual((config['mem_limit'], config['mem_guarantee']), (1610612736, 1024))

    async def test_port_and_start_timeout_are_sent_outside_of_config(self):
        request = await self.request(config={'service_port': 9999, 'start_timeout': 300})
        self.assertEqual((request['port'], request['start_timeout']), (9999, 300))
        self.assertEqual(self.spawner.port, 9999)
        self.assertNotIn('service_port', request['config'])

    async def test_settings_that_a_hook_changes_hold(self):
        spawner = self.make_spawner(config={'container_spec': {'image': 'a'}})
        spawner.container_spec = {'image': 'b'}
        spawner.environment = {'A': '1'}
        spawner.mem_limit = '1G'
        spawner.cmd = ['x']
        service = self.script(state_of())
        await spawner.start()
        (request,) = service.sent('start')
        self.assertEqual(request['config']['container_spec'], {'image': 'b'})
        self.assertEqual(request['config']['mem_limit'], 1073741824)
        self.assertEqual((request['env']['A'], request['cmd']), ('1', ['x']))

    # JupyterHub 5.1 brought group_overrides.
    if HUB_VERSION >= (5, 1):

        async def test_settings_of_a_group_hold(self):
            override = {'groups': ['gpu'], 'spawner_override': {'resource_spec': {'generic_resources': {'gpu': 1}}}}
            service = self.script(state_of())
            spawner = self.make_spawner(config={'group_overrides': {'gpu': override}})
            with mock.patch.object(type(spawner.user), 'groups', [type('', (), {'name': 'gpu'})], create=True):
                await spawner.apply_group_overrides()
            await spawner.start()
            config = service.sent('start')[0]['config']
            self.assertEqual(config['resource_spec'], {'generic_resources': {'gpu': 1}})

    async def test_settings_that_do_not_exist_are_refused_by_name(self):
        for name in ('netwerks', 'images', 'accelerators', 'service_ur', 'hub'):
            with self.subTest(name):
                message = await self.refuse(config={name: ['x']})
                self.assertIn(f'c.SwarmSpawner.{name} is not a setting', message)

    async def test_settings_hold_for_a_class_of_the_admins_own(self):
        class MySpawner(SwarmSpawner):
            pass

        service = self.script(state_of())
        spawner = self.make_spawner(spawner_class=MySpawner, config={'networks': ['a']})
        await spawner.start()
        self.assertEqual(service.sent('start')[0]['config']['networks'], ['a'])

    async def test_settings_of_a_wrong_type_are_refused_by_name(self):
        for name, value in (('networks', 5), ('container_spec', 'image'), ('endpoint', 'x'), ('mounts', {})):
            with self.subTest(name):
                with self.assertRaises(TraitError) as raised:
                    getattr(self.make_spawner(config={name: value}), name)
                self.assertIn(name, str(raised.exception))

    async def test_settings_that_json_cannot_hold_are_refused_by_name(self):
        message = await self.refuse(container_spec={'image': {'a set'}})
        self.assertIn('container_spec cannot be sent as JSON', message)

    async def test_tls_config_is_not_sent_and_the_log_says_so(self):
        service = self.script(state_of())
        spawner = self.make_spawner(config={'tls_config': {'ca_cert': '/x'}})
        with self.assertLogs(spawner.log, 'WARNING') as logged:
            await spawner.start()
        self.assertIn('DOCKER_CERT_PATH', logged.output[0])
        self.assertNotIn('tls_config', service.sent('start')[0]['config'])

    async def test_internal_ssl_is_refused(self):
        self.assertIn('internal_ssl is not supported', await self.refuse(internal_ssl=True))


class Environment(RequestTestCase):
    async def test_the_environment_is_the_hubs_and_the_admins(self):
        config = {
            'environment': {
                'TEXT': 'x',
                'NUMBER': 5,
                'NOTHING': None,
                'CALLED': lambda spawner: spawner.user.name,
                'TEMPLATE': '{{.Node.Hostname}} {username}',
                'OBJECT': ['a'],
                'EMPTY': '',
            }
        }
        env = (await self.request('{{x}}@example.org', config=config))['env']
        self.assertEqual(env['TEXT'], 'x')
        self.assertIn(env['NUMBER'], (5, '5'))
        self.assertNotIn('NOTHING', env)
        self.assertEqual(env['CALLED'], '{{x}}@example.org')
        self.assertEqual(env['TEMPLATE'], '{{.Node.Hostname}} {username}')
        self.assertEqual(env['OBJECT'], "['a']")
        self.assertEqual(env['EMPTY'], '')
        self.assertEqual(env['JUPYTERHUB_USER'], '{{x}}@example.org')
        self.assertEqual(env['JUPYTERHUB_API_TOKEN'], 'token')

    async def test_the_environment_of_the_hubs_process_is_not_sent_unless_env_keep_names_it(self):
        own = {'PATH': '/hub/bin', 'PYTHONPATH': '/hub', 'LANG': 'C', 'VIRTUAL_ENV': '/hub'}
        self.patch(mock.patch.dict(os.environ, own))
        env = (await self.request())['env']
        self.assertEqual([name for name, value in env.items() if value == os.environ.get(name)], [])
        self.assertEqual((await self.request(config={'env_keep': ['LANG']}))['env']['LANG'], 'C')

    async def test_the_environment_has_the_address_that_the_server_binds(self):
        env = (await self.request())['env']
        self.assertTrue(env['JUPYTERHUB_SERVICE_URL'].startswith('http://0.0.0.0:8888'), env['JUPYTERHUB_SERVICE_URL'])

    async def test_the_environment_has_the_hubs_own_url_by_default(self):
        env = (await self.request())['env']
        self.assertEqual(env['JUPYTERHUB_API_URL'], 'http://hub.test:8081/hub/api')

    async def test_the_environment_has_the_hub_by_the_name_of_its_swarm_service(self):
        env = (await self.request(config={'jupyterhub_service_name': 'stack_hub'}))['env']
        for name in ('JUPYTERHUB_API_URL', 'JUPYTERHUB_ACTIVITY_URL'):
            self.assertTrue(env[name].startswith('http://stack_hub:8081/hub/api'), env[name])

    async def test_hub_connect_url_comes_before_jupyterhub_service_name(self):
        config = {'jupyterhub_service_name': 'stack_hub', 'hub_connect_url': 'https://example.org'}
        env = (await self.request(config=config))['env']
        self.assertTrue(env['JUPYTERHUB_API_URL'].startswith('https://example.org/'), env['JUPYTERHUB_API_URL'])

    async def test_the_environment_has_the_directory_of_the_user(self):
        request = await self.request(config={'notebook_dir': '/home/{username}'})
        self.assertEqual(request['config']['notebook_dir'], '/home/alice')
        self.assertEqual(request['env']['JUPYTERHUB_ROOT_DIR'], '/home/alice')


class Command(RequestTestCase):
    async def test_the_command_is_the_images_own_unless_set(self):
        request = await self.request()
        self.assertEqual((request['cmd'], request['args']), ([], []))

    async def test_the_command_is_the_admins_if_set(self):
        request = await self.request(config={'cmd': ['start.sh', 'x'], 'args': ['--a']})
        self.assertEqual((request['cmd'], request['args']), (['start.sh', 'x'], ['--a']))
        self.assertEqual((await self.request(config={'cmd': 'start.sh'}))['cmd'], ['start.sh'])

    async def test_arguments_alone_are_those_of_jupyterhub_singleuser(self):
        request = await self.request(config={'args': ['--a']})
        self.assertEqual((request['cmd'], request['args']), (['jupyterhub-singleuser'], ['--a']))

    async def test_the_command_of_container_spec_takes_the_arguments(self):
        request = await self.request(config={'args': ['--a'], 'container_spec': {'args': ['start.sh']}})
        self.assertEqual((request['cmd'], request['args']), ([], ['--a']))


class UserOptions(RequestTestCase):
    async def test_options_are_not_sent_unless_allowed(self):
        request = await self.request(user_options={'image': 'x'})
        self.assertNotIn('user_options', request)
        self.assertIs(request['config']['use_user_options'], False)

    async def test_options_are_sent_unchanged_if_either_spelling_allows_it(self):
        options = {'image': 'x', 'resource_spec': {'mem_limit': 5}, 'placement': []}
        for name in ('use_user_options', 'use_user_option'):
            with self.subTest(name):
                request = await self.request(config={name: True}, user_options=options)
                self.assertEqual(request['user_options'], options)
                self.assertIs(request['config']['use_user_options'], True)
                self.assertNotIn('use_user_option', request['config'])

    async def test_options_come_with_the_users_groups_if_there_are_any(self):
        row = self.make_user('alice').orm_user
        for name in ('physics', 'gpu'):
            row.groups.append(orm.Group(name=name))
        self.db.commit()
        config = {'use_user_options': True}
        self.assertEqual((await self.request(config=config))['groups'], ['gpu', 'physics'])
        self.assertNotIn('groups', await self.request('bob', config=config))
        self.assertNotIn('groups', await self.request())

    async def test_the_token_of_the_hubs_form_is_never_an_option(self):
        config = {'use_user_options': True}
        request = await self.request(config=config, user_options={'_xsrf': '2|a|b', 'image': 'x'})
        self.assertEqual(request['user_options'], {'image': 'x'})
        self.script(state_of())
        spawner = self.make_spawner(user_options={'_xsrf': '2|a|b'})
        await spawner.start()
        told = [event['message'] async for event in spawner.progress()]
        self.assertFalse([message for message in told if 'no effect' in message])

    async def test_options_that_json_cannot_hold_are_refused(self):
        message = await self.refuse(config={'use_user_options': True}, user_options={'x_file': [{'body': b'\xff'}]})
        self.assertIn('user_options cannot be sent as JSON', message)

    async def test_options_that_nothing_reads_are_told_to_the_user_and_in_the_log(self):
        def nothing(spawner, options=None):
            pass

        may_be_read = [{'use_user_options': True}, {'pre_spawn_hook': nothing}, {'auth_state_hook': nothing}]
        if HUB_VERSION >= (5, 3):
            may_be_read.append({'apply_user_options': {}})
        for number, config in enumerate([{}, *may_be_read]):
            with self.subTest(config):
                self.script(state_of())
                spawner = self.make_spawner(config=config, user_options={'image': 'x'})
                with self.assertLogs(spawner.log, 'INFO') as logged:
                    spawner.log.info('only this')
                    await spawner.start()
                told = [event['message'] async for event in spawner.progress()]
                self.assertEqual('Your options have no effect here: image' in told, number == 0)
                self.assertEqual(any('use_user_options is False: image' in line for line in logged.output), number == 0)

    async def test_the_hub_does_not_warn_that_nothing_applies_the_options(self):
        if HUB_VERSION < (5, 3):
            self.assertFalse(hasattr(Spawner, 'apply_user_options'))
            return
        spawner = self.make_spawner(config={'use_user_options': True})
        with self.assertLogs(spawner.log, 'INFO') as logged:
            spawner.log.info('only this')
            await spawner._run_apply_user_options({'image': 'x'})
        self.assertEqual(len(logged.output), 1)

    async def test_options_that_json_cannot_hold_do_not_matter_if_none_are_sent(self):
        await self.request(user_options={'x_file': [{'body': b'\xff'}]})


class NotebookDir(RequestTestCase):
    async def warns(self, **config):
        """Tells whether the hub's log warns of the notebook_dir."""
        options = config.pop('user_options', {})
        self.script(state_of())
        spawner = self.make_spawner(config=config, user_options=options)
        with self.assertLogs(spawner.log, 'INFO') as logged:
            spawner.log.info('only this')
            await spawner.start()
        return len([line for line in logged.output if 'notebook_dir lies outside of every mount' in line]) == 1

    async def test_the_log_warns_of_a_directory_outside_of_every_mount(self):
        for mounts in (
            [],
            ['home:/home/jovyan/work'],
            ['/home/jovyan'],
            [{'source': 'a', 'target': '/home/jovyan/work'}, {'Source': 'b', 'Target': '/home/jov'}],
        ):
            is_inside = mounts == ['/home/jovyan']
            with self.subTest(mounts):
                for config in ({'mounts': mounts}, {'container_spec': {'mounts': mounts}}):
                    self.assertIs(await self.warns(notebook_dir='/home/jovyan', **config), not is_inside)

    async def test_the_log_does_not_warn_of_what_only_the_image_or_the_service_knows(self):
        for config in (
            {'notebook_dir': ''},
            {'notebook_dir': '~/work'},
            {'notebook_dir': 'work'},
            {'notebook_dir': '/home/jovyan/a/../notebooks/', 'mounts': ['home:/home/jovyan/notebooks/:rw']},
            {'notebook_dir': '/home/{username}/x', 'mounts': [{'source': 'a', 'dst': '/home/alice'}]},
            {'notebook_dir': '/home/alice', 'mounts': [{'source': 'a', 'target': '/home/{raw_username}'}]},
            {'notebook_dir': '/a', 'mounts': [5]},
            {'notebook_dir': '/a', 'use_user_options': True, 'user_options': {'mounts': ['a:/a']}},
        ):
            with self.subTest(config):
                self.assertFalse(await self.warns(**config))


class Defaults(RequestTestCase):
    config = {}

    def make(self, env):
        self.patch(mock.patch.dict(os.environ, env))
        spawner = self.make_spawner()
        spawner.config.SwarmSpawner.pop('service_url')
        spawner.config.SwarmSpawner.pop('service_secret')
        return SwarmSpawner(config=spawner.config)

    async def test_url_and_secret_come_from_the_environment_by_default(self):
        spawner = self.make({'SWARMSPAWNER_URL': 'http://x:1', 'SWARMSPAWNER_SECRET': f' {SECRET}\n'})
        self.assertEqual((spawner.service_url, spawner.service_secret), ('http://x:1', SECRET))

    async def test_the_default_url_is_the_service_of_a_stack(self):
        self.assertEqual(self.make({}).service_url, 'http://swarmspawner:8080')

    async def test_the_secret_can_come_from_a_file(self):
        spawner = self.make({'SWARMSPAWNER_SECRET_FILE': '/run/secrets/x'})
        self.assertEqual((spawner.service_secret, spawner.service_secret_file), ('', '/run/secrets/x'))

    async def test_the_old_module_has_the_same_class(self):
        import cassinyspawner

        self.assertIs(cassinyspawner.SwarmSpawner, SwarmSpawner)


class Secret(ScriptedTestCase):
    """These tests need no script, because a wrong secret is found before anything is sent."""

    async def test_a_wrong_secret_fails_the_start_and_is_not_quoted(self):
        short = base64.b64encode(b's' * 23).decode()
        for secret in ('', 'hunter2-hunter2', 'whsec_', 'whsec_not*base64', f'whsec_{short}', 'whsec_' + 'A' * 100):
            with self.subTest(secret):
                spawner = self.make_spawner(config={'service_secret': secret})
                with self.assertRaises(SpawnFailed) as raised, self.assertLogs(spawner.log) as logged:
                    await spawner.start()
                told = f'{raised.exception} {logged.output} {raised.exception.__cause__}'
                self.assertIn('SWARMSPAWNER_SECRET', told)
                self.assertIn('24 to 64 bytes', told)
                if len(secret) > 6:
                    self.assertNotIn(secret, told)
                    self.assertNotIn(secret[6:], told)
