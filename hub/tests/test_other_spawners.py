"""Settings of other spawners, in the configuration and in hooks: each is used, refused or warned of."""

from support import ScriptedTestCase, state_of
from swarmspawner import MISCONFIGURED, OTHER_SPAWNERS, PROBLEMS_SHOWN, SpawnFailed, SwarmSpawner
from traitlets import Unicode
from traitlets.config import Config


class OtherSpawnersTestCase(ScriptedTestCase):
    is_admin = True

    async def start(self, sections=None, spawner_class=SwarmSpawner, hub_class=None, **attributes):
        """Starts a server whose hook sets attributes. Returns the failure or None, and the lines of the hub's log."""
        self.service = self.script(state_of())
        spawner = self.make_spawner(spawner_class=spawner_class)
        spawner.config.merge(Config(sections or {}))
        spawner.user.settings['spawner_class'] = hub_class or spawner_class
        for name, value in attributes.items():
            setattr(spawner, name, value)
        with self.assertLogs(spawner.log, 'WARNING') as logged:
            spawner.log.warning('only this')
            try:
                await spawner.start()
            except SpawnFailed as error:
                self.assertEqual(self.service.calls, [])
                return error, logged.output[1:]
        return None, logged.output[1:]

    async def refused(self, *args, **more):
        error, log = await self.start(*args, **more)
        self.assertIsNotNone(error, 'The server started')
        return str(error), log


class Configuration(OtherSpawnersTestCase):
    async def test_a_setting_of_another_spawner_is_refused_wherever_it_stands(self):
        for section, name, instead in (
            ('SwarmSpawner', 'network_name', 'use c.SwarmSpawner.networks'),
            ('Spawner', 'network_name', 'use c.SwarmSpawner.networks'),
            ('DockerSpawner', 'volumes', 'use c.SwarmSpawner.mounts'),
            ('SystemUserSpawner', 'host_homedir_format_string', 'use c.SwarmSpawner.mounts'),
            ('SwarmSpawner', 'images', "use c.SwarmSpawner.container_spec['image']"),
            ('SwarmSpawner', 'extra_container_spec', 'use c.SwarmSpawner.container_spec'),
            ('KubeSpawner', 'volume_mounts', 'use c.SwarmSpawner.mounts'),
            ('DockerSpawner', 'mem_limit', 'write c.SwarmSpawner.mem_limit'),
            ('DockerSpawner', 'volumez', 'correct its name or remove it'),
            ('SystemdSpawner', 'unit_name_template', 'correct its name or remove it'),
            ('SwarmSpawner', 'netwerks', '(is it c.SwarmSpawner.networks?)'),
            ('Spawner', 'nonsense', 'correct its name or remove it'),
        ):
            with self.subTest(f'{section}.{name}'):
                told, _ = await self.refused({section: {name: 'x'}})
                self.assertIn(f'c.{section}.{name} is not a setting of SwarmSpawner', told)
                self.assertIn(instead, told)

    async def test_the_same_name_means_what_it_means_in_its_own_section(self):
        told, _ = await self.refused({'KubeSpawner': {'volumes': []}})
        self.assertIn('but of kubespawner', told)
        told, _ = await self.refused({'SwarmSpawner': {'volumes': []}})
        self.assertIn('but of dockerspawner', told)

    async def test_all_wrong_settings_are_refused_at_once(self):
        names = ['image', 'volumes', 'network_name']
        told, log = await self.refused({'DockerSpawner': dict.fromkeys(names, 'x')}, mount=[])
        self.assertTrue(told.startswith(MISCONFIGURED), told)
        for wrong in [*(f'c.DockerSpawner.{name}' for name in names), 'spawner.mount']:
            self.assertIn(f'{wrong} is not', told)
            self.assertEqual(len([line for line in log if f'alice: {wrong} is not' in line]), 1)

    async def test_a_page_shows_the_first_wrong_settings_and_the_log_has_all(self):
        wrong = {f'wrong_{number}': 'x' for number in range(PROBLEMS_SHOWN + 7)}
        told, log = await self.refused({'SwarmSpawner': wrong})
        self.assertEqual(told.count('is not a setting'), PROBLEMS_SHOWN)
        self.assertIn("and 7 more in the hub's log", told)
        self.assertEqual(len(log), PROBLEMS_SHOWN + 7)

    async def test_a_student_reads_no_name_of_a_setting(self):
        self.is_admin = False
        told, log = await self.refused({'SwarmSpawner': {'image': 'x', 'wrong': 'x'}})
        self.assertEqual(told, MISCONFIGURED)
        self.assertEqual(len(log), 2)

    async def test_a_setting_that_means_nothing_here_only_warns(self):
        names = ['remove', 'remove_containers', 'debug', 'use_internal_ip', 'hub_ip_connect', 'tls_config']
        error, log = await self.start({'DockerSpawner': dict.fromkeys(names, True)})
        self.assertIsNone(error)
        for name in names:
            self.assertEqual(len([line for line in log if f'c.DockerSpawner.{name} has no effect: ' in line]), 1)

    async def test_a_setting_that_was_only_read_is_not_set(self):
        config = Config()
        # The config file looks at a setting, such as `if c.SwarmSpawner.volumes: …`.
        self.assertFalse(config.SwarmSpawner.volumes.to_dict() or config.DockerSpawner)
        self.assertIn('volumes', config.SwarmSpawner)
        self.assertIsNone((await self.start(config))[0])
        config.SwarmSpawner.volumes.update({'a': '/b'})
        self.assertIn('c.SwarmSpawner.volumes', (await self.refused(config))[0])

    async def test_the_settings_of_jupyterhub_and_of_other_classes_are_no_mistake(self):
        error, log = await self.start(
            {
                'Spawner': {'debug': True, 'args': [], 'service_port': 8888},
                'JupyterHub': {'nonsense': 1},
                'DockerAuthenticator': {'image': 'x'},
            }
        )
        self.assertEqual((error, log), (None, []))

    async def test_the_sections_of_other_spawners_are_theirs_if_the_hubs_own_class_wraps_ours(self):
        class ProfilesSpawner:
            pass

        sections = {'DockerSpawner': {'image': 'x'}, 'ProfilesSpawner': {'profiles': []}}
        self.assertIsNone((await self.start(sections, hub_class=ProfilesSpawner))[0])
        told, _ = await self.refused({'SwarmSpawner': {'image': 'x'}}, hub_class=ProfilesSpawner)
        self.assertIn('c.SwarmSpawner.image', told)

    async def test_a_class_of_the_admins_own_has_its_own_settings(self):
        class DockerSpawner(SwarmSpawner):
            image = Unicode().tag(config=True)

        self.assertIsNone((await self.start({'DockerSpawner': {'image': 'x'}}, DockerSpawner, image='y'))[0])


class Hooks(OtherSpawnersTestCase):
    async def test_an_attribute_that_nothing_reads_is_refused_with_what_takes_its_place(self):
        for name, instead in (
            ('image', "use spawner.container_spec['image']"),
            ('volumes', 'use spawner.mounts'),
            ('network_name', 'use spawner.networks'),
            ('mount', '(is it spawner.mounts?)'),
            ('mem_limt', '(is it spawner.mem_limit?)'),
            ('oauth_groups', 'begin it with _ if only your own code reads it'),
        ):
            with self.subTest(name):
                told, _ = await self.refused(**{name: ['x']})
                self.assertIn(f'spawner.{name} is not a setting of SwarmSpawner', told)
                self.assertIn(instead, told)

    async def test_an_attribute_that_means_nothing_here_only_warns(self):
        error, log = await self.start(remove=True)
        self.assertIsNone(error)
        self.assertIn('spawner.remove has no effect: ', log[0])

    async def test_hooks_may_keep_what_is_theirs(self):
        error, log = await self.start(_image='x', userdata={'a': 1}, mounts=['a:/b'])
        self.assertEqual((error, log), (None, []))

    async def test_a_class_may_set_attributes_of_its_own_when_it_is_made(self):
        class Own(SwarmSpawner):
            declared = None

            def __init__(self, **named):
                super().__init__(**named)
                self.tickets = []

        self.assertEqual(await self.start(spawner_class=Own, declared='x'), (None, []))

    async def test_a_class_that_sets_a_setting_of_another_spawner_is_refused(self):
        class Own(SwarmSpawner):
            def __init__(self, **named):
                super().__init__(**named)
                self.volumes = {}

            async def start(self):
                self.image = 'x'
                return await super().start()

        told, _ = await self.refused(spawner_class=Own)
        self.assertIn('spawner.volumes', told)
        self.assertIn('spawner.image', told)


class Table(OtherSpawnersTestCase):
    async def test_what_takes_a_settings_place_is_a_setting(self):
        settings = set(SwarmSpawner.class_traits(config=True))
        for spawner, table in OTHER_SPAWNERS.items():
            for name, (places, remark) in table['instead'].items():
                with self.subTest(f'{spawner}.{name}'):
                    self.assertTrue(places or remark)
                    self.assertLessEqual({place.split('[')[0] for place in places.split(', ') if place}, settings)
                    self.assertNotIn(name, settings)

    async def test_each_name_stands_once_and_in_order(self):
        for spawner, table in OTHER_SPAWNERS.items():
            for kind in ('instead', 'no_effect'):
                self.assertEqual(list(table[kind]), sorted(table[kind]), spawner)
            self.assertFalse(set(table['instead']) & set(table['no_effect']), spawner)
