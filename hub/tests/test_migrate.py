"""`migrate`: each setting of dockerspawner becomes one of ours, in place."""

import unittest

from migrate_support import DOCKER, IMAGE, SWARM, UCPHHPC, MigrateTestCase
from swarmspawner import OTHER_SPAWNERS
from swarmspawner_tools.always import ENDPOINT, IMAGE_SPEC, INIT, NAME, NOTEBOOK_DIR, RESTART
from swarmspawner_tools.rules import COMMENTS, RULES


class Settings(MigrateTestCase):
    def test_a_setting_that_we_have_moves_to_our_section(self):
        for old, ours in (
            ("c.DockerSpawner.mem_limit = '2G'", "c.SwarmSpawner.mem_limit = '2G'"),
            ('c.DockerSpawner.cpu_limit = 0.3', 'c.SwarmSpawner.cpu_limit = 0.3'),
            ("c.DockerSpawner.cmd = 'start.sh'  # why", "c.SwarmSpawner.cmd = 'start.sh'  # why"),
            ("c.Spawner.cmd = ['a']", "c.Spawner.cmd = ['a']"),
            ("c.DockerSpawner.environment['A'] = x()", "c.SwarmSpawner.environment['A'] = x()"),
            ("c.DockerSpawner.args += ['--a']", "c.SwarmSpawner.args += ['--a']"),
        ):
            with self.subTest(old):
                lines = self.lines(old)
                self.assertEqual([line for line in lines if not line.startswith('#')], [ours])

    def test_what_a_single_line_sets_is_set_by_a_single_line(self):
        for old, ours in (
            ("network_name = 'hub'", "networks = ['hub']"),
            ('network_name = os.environ["NET"]', 'networks = [os.environ["NET"]]'),
            ("prefix = 'lab'", "service_prefix = 'lab'"),
            ("container_prefix = 'lab'", "service_prefix = 'lab'"),
            ("volumes = {'home-{username}': '/home/jovyan'}", "mounts = ['home-{escaped_username}:/home/jovyan']"),
            ("volumes = {'/nfs/{raw_username}': DIR}", "mounts = ['/nfs/{raw_username}:' + DIR]"),
            ("volumes = {'/a': {'bind': '/b', 'mode': 'ro'}}", "mounts = ['/a:/b:ro']"),
            ("volumes = {'a': dict(bind='/b')}", "mounts = ['a:/b']"),
            ('volumes = {a: b}', "mounts = [a.replace('{username}', '{escaped_username}') + ':' + b]"),
            ("volumes = {f'a-{x}-{{username}}': '/b'}", "mounts = [f'a-{x}-{{escaped_username}}' + ':/b']"),
            (
                "volumes = {'a-{safe_username}-{servername}': '/b'}",
                "mounts = ['a-{escaped_username}-{escaped_server_name}:/b']",
            ),
            ("read_only_volumes = {'/srv': '/data'}", "mounts = ['/srv:/data:ro']"),
            ("pull_policy = 'Always'", "pull_policy = 'always'"),
            ("pull_policy = 'ifnotpresent'", "pull_policy = 'if-not-present'"),
            ("pull_policy = 'never'", "pull_policy = 'never'"),
            ("pull_policy = 'skip'", "pull_policy = 'never'"),
            (
                "volumes = {'/a': {'bind': '/b', 'mode': 'rw', 'propagation': 'rshared'}}",
                "mounts = [{'type': 'bind', 'source': '/a', 'target': '/b', 'propagation': 'rshared'}]",
            ),
            ("volumes['a'] = '/b'", "mounts.append('a:/b')"),
            ("volumes.update({'a': '/b'})", "mounts.extend(['a:/b'])"),
            ("volumes |= {'a': '/b'}", "mounts.extend(['a:/b'])"),
            (
                "mounts = [{'source': 'a-{username}', 'target': '/a'}]",
                "mounts = [{'source': 'a-{escaped_username}', 'target': '/a'}]",
            ),
            ("extra_host_config = {'mem_limit': '2g'}", "resource_spec = {'mem_limit': '2g'}"),
            ("extra_host_config = {'cpu_quota': 50000}", "resource_spec = {'cpu_limit': 500000000}"),
            ("extra_host_config = {'network_mode': 'hub'}", "networks = ['hub']"),
            ("extra_host_config['network_mode'] = 'hub'", "networks = ['hub']"),
            (
                "extra_host_config = {'shm_size': '1g'}",
                "mounts = [{'type': 'tmpfs', 'target': '/dev/shm', 'tmpfs_size': '1g'}]",
            ),
            ("extra_host_config = {'restart_policy': {'Name': 'always'}}", "restart_policy = 'any'"),
        ):
            with self.subTest(old):
                self.assertEqual(self.lines(f'c.DockerSpawner.{old}'), [f'c.SwarmSpawner.{ours}'])

    def test_the_arguments_of_a_swarm_service_have_settings(self):
        for old, ours in (
            (
                "extra_placement_spec = {'constraints': ['node.role==worker']}",
                "placement = {'constraints': ['node.role==worker']}",
            ),
            ("extra_resources_spec = {'mem_limit': 1024}", "resource_spec = {'mem_limit': 1024}"),
            ("extra_endpoint_spec = {'mode': 'vip'}", "endpoint = 'vip'"),
            ("extra_task_spec = {'restart_policy': {'condition': 'none'}}", "restart_policy = {'condition': 'none'}"),
            ("extra_create_kwargs = {'labels': {'a': 'b'}}", "labels = {'a': 'b'}"),
            ("extra_container_spec = {'user': '1000'}", "container_spec.update({'user': '1000'})"),
        ):
            with self.subTest(old):
                lines = self.lines(f'c.SwarmSpawner.{old}', SWARM + IMAGE)
                self.assertEqual(lines[-1:], [f'c.SwarmSpawner.{ours}'])

    def test_settings_that_become_parts_of_the_same_one_do_not_replace_each_other(self):
        settings, _ = self.settings(
            DOCKER
            + """\
c.DockerSpawner.image = 'lab'
c.DockerSpawner.extra_create_kwargs = {'user': 'root', 'working_dir': '/w', 'environment': {'A': 'b'}}
c.DockerSpawner.extra_host_config = {'cap_add': ['A'], 'mem_limit': '1g', 'dns': ['1.1.1.1'], 'dns_search': ['a']}
c.DockerSpawner.volumes = {'a': '/a'}
c.DockerSpawner.read_only_volumes = {'b': '/b'}
"""
        )
        spec = {'image': 'lab', 'user': 'root', 'workdir': '/w', 'cap_add': ['A']}
        spec['dns_config'] = {'nameservers': ['1.1.1.1'], 'search': ['a']}
        self.assertEqual(settings['container_spec'], spec)
        self.assertEqual(settings['mounts'], ['a:/a', 'b:/b:ro'])
        self.assertEqual(settings['resource_spec'], {'mem_limit': '1g'})
        self.assertEqual(settings['environment'], {'A': 'b'})

    def test_branches_and_later_lines_set_what_they_set_before(self):
        text = DOCKER + (
            "import os\nif 'GPU' in os.environ:\n    c.DockerSpawner.image = 'gpu'\n"
            "    c.DockerSpawner.volumes = {'a': '/g'}\nelse:\n    c.DockerSpawner.image = 'cpu'\n"
            "    c.DockerSpawner.volumes = {'a': '/c'}\n"
            "c.DockerSpawner.network_name = 'old'\nc.DockerSpawner.network_name = 'hub'\n"
        )
        for variables, image, target in (({}, 'cpu', '/c'), ({'GPU': '1'}, 'gpu', '/g')):
            settings, _ = self.settings(text, variables)
            self.assertEqual(settings['container_spec'], {'image': image})
            self.assertEqual((settings['mounts'], settings['networks']), ([f'a:{target}'], ['hub']))

    def test_of_two_sections_the_more_special_one_counts_in_any_order(self):
        settings, _ = self.settings(
            SWARM + "c.SwarmSpawner.image = 'special'\nc.DockerSpawner.image = 'common'\nc.Spawner.image = 'all'\n"
        )
        self.assertEqual(settings['container_spec'], {'image': 'special'})

    def test_a_section_that_the_old_spawner_did_not_read_has_no_effect(self):
        settings, _ = self.settings(
            DOCKER + IMAGE + "c.SwarmSpawner.image = 'other'\nc.SwarmSpawner.container_spec = {}\n"
        )
        self.assertEqual(settings, {'container_spec': {'image': 'lab'}})

    def test_values_that_are_not_literals_are_worked_out_when_the_hub_reads_the_file(self):
        text = DOCKER + (
            "import os\nVOLUMES = {'home-{username}': '/home', '/srv': {'bind': '/data', 'mode': 'ro'}}\n"
            "c.DockerSpawner.volumes = {**VOLUMES, os.environ['SOURCE']: os.environ['TARGET']}\n"
            "c.DockerSpawner.read_only_volumes = dict(zip(['x-{username}'], ['/x']))\n"
            'c.DockerSpawner.image = f"{os.environ[\'IMAGE\']}:1"\n'
        )
        settings, _ = self.settings(text, {'SOURCE': 's-{username}', 'TARGET': '/t', 'IMAGE': 'lab'})
        self.assertEqual(
            settings['mounts'],
            ['home-{escaped_username}:/home', '/srv:/data:ro', 's-{escaped_username}:/t', 'x-{escaped_username}:/x:ro'],
        )
        self.assertEqual(settings['container_spec'], {'image': 'lab:1'})

    def test_a_setting_without_an_equal_stays_as_a_comment_with_the_reason(self):
        self.assertEqual(
            self.lines('c.DockerSpawner.use_internal_ip = True  # tidy\n'),
            [
                '# migrate: it has no effect: servers are always reached by their names in the network',
                '# c.DockerSpawner.use_internal_ip = True  # tidy',
            ],
        )

    def test_a_setting_that_nobody_has_stays_as_a_comment(self):
        self.assertIn(
            '# migrate: no spawner has a setting netwrok_nam', self.new(DOCKER + 'c.DockerSpawner.netwrok_nam = 1\n')
        )

    def test_images_to_choose_from_stay(self):
        for name in ('allowed_images', 'image_whitelist'):
            lines = self.lines(f"c.DockerSpawner.{name} = {{'A': 'lab/a'}}")
            self.assertEqual(lines[-1], "c.SwarmSpawner.allowed_images = {'A': 'lab/a'}")
        every = "c.DockerSpawner.allowed_images = '*'"
        self.assertEqual(self.lines(every)[-1], f'# {every}')

    def test_what_the_old_spawner_did_by_default_is_written_out(self):
        settings, _ = self.settings(DOCKER)
        self.assertRegex(settings['container_spec']['image'], r'^quay.io/jupyterhub/singleuser:\d+\.\d+$')
        self.assertIn('no network is named here', self.new(DOCKER))

    def test_homes_of_a_dockerspawner_before_12_are_found(self):
        text = DOCKER + IMAGE + "c.DockerSpawner.volumes = {'home-{username}': '/h'}\n"
        legacy = ['home-{legacy_escaped_username}:/h']
        self.assertEqual(self.settings(text, release=0)[0]['mounts'], legacy)
        self.assertEqual(self.settings(text + "c.DockerSpawner.escape = 'legacy'\n")[0]['mounts'], legacy)
        self.assertEqual(self.settings(text, release=13)[0]['mounts'], ['home-{escaped_username}:/h'])

    def test_a_driver_of_volumes_stands_in_each_mount(self):
        settings, _ = self.settings(
            SWARM + "c.SwarmSpawner.volume_driver = 'nfs'\nc.SwarmSpawner.volume_driver_options = {'a': 'b'}\n"
            "c.SwarmSpawner.volumes = {'home-{username}': '/h', '/d': '/d'}\n"
        )
        driver = {'name': 'nfs', 'options': {'a': 'b'}}
        home = {'type': 'volume', 'source': 'home-{escaped_username}', 'target': '/h', 'driver_config': driver}
        self.assertEqual(settings['mounts'], [home, {'type': 'bind', 'source': '/d', 'target': '/d'}])

    def test_objects_of_docker_py_become_dicts_and_their_imports_go(self):
        made = self.new(
            """\
            import docker
            from docker.types import DriverConfig, Mount, RestartPolicy as Policy
            c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
            c.SwarmSpawner.extra_container_spec = {
                'mounts': [
                    Mount('/home', 'home', driver_config=DriverConfig('local', {'a': 'b'}), no_copy=True),  # nfs
                    docker.types.Mount(target='/data', source='/srv', type='bind'),
                    docker.types.Mount.parse_mount_string('/a:/b:ro'),
                ],
            }
            any = docker.types.RestartConditionTypesEnum.ANY
            c.SwarmSpawner.extra_task_spec = {'restart_policy': Policy(condition=any)}
            """
        )
        for line in (
            "        {'target': '/home', 'source': 'home', 'driver_config': {'name': 'local', 'options': {'a': 'b'}}, "
            "'no_copy': True},  # nfs",
            "        {'target': '/data', 'source': '/srv', 'type': 'bind'},",
            "        '/a:/b:ro',",
            "any = 'any'\nc.SwarmSpawner.restart_policy = {'condition': any}",
        ):
            self.assertIn(line + '\n', made)
        self.assertNotIn('import', made)

    def test_the_class_is_ours_however_it_was_named(self):
        for old in (
            "'dockerspawner.DockerSpawner'",
            "'docker'",
            'DockerSpawner',
            'dockerspawner.DockerSpawner',
            'NAME',
        ):
            text = "import dockerspawner\nfrom dockerspawner import DockerSpawner\nNAME = 'docker'\n"
            text += f'c.JupyterHub.spawner_class = {old}\n'
            self.assertIn("c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'\n", self.new(text))
            self.assertNotIn('import', self.new(text))


class Table(unittest.TestCase):
    def test_exactly_the_settings_of_the_table_are_rewritten(self):
        for spawner, table in OTHER_SPAWNERS.items():
            # dockerspawner's settings that have the name of ours are in no table.
            self.assertEqual(set(RULES.get(spawner, {})) - {'mounts', 'pull_policy'}, set(table['rewritten']), spawner)
            self.assertLessEqual(set(table['rewritten']), set(table['instead']), spawner)
            self.assertLessEqual(
                set(COMMENTS.get(spawner, {})), set(table['instead']) - set(table['rewritten']), spawner
            )

    def test_what_is_rewritten_has_settings_that_take_its_place(self):
        for table in OTHER_SPAWNERS.values():
            self.assertEqual(table['rewritten'], sorted(table['rewritten']))
            for name in table['rewritten']:
                self.assertTrue(table['instead'][name][0], name)


class EveryServer(MigrateTestCase):
    def told(self, text):
        return [
            line.partition('for every server: ')[2] for line in self.new(text).splitlines() if 'every server' in line
        ]

    def test_what_differs_in_every_server_stands_above_the_class(self):
        told = self.told(SWARM + "c.SwarmSpawner.notebook_dir = '/home/jovyan'\n")
        self.assertEqual(told, [NAME, INIT, ENDPOINT, RESTART, IMAGE_SPEC, NOTEBOOK_DIR])
        self.assertEqual(self.told(DOCKER), [NAME, INIT, IMAGE_SPEC])
        self.assertEqual(self.told("c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'\n"), [])

    def test_what_the_configuration_decides_is_not_told(self):
        spec = "c.SwarmSpawner.extra_container_spec = {'init': True}\n"
        spec += "c.SwarmSpawner.extra_endpoint_spec = {'mode': 'vip'}\n"
        self.assertEqual(self.told(SWARM + spec), [NAME, RESTART, IMAGE_SPEC])

    def test_a_file_that_was_migrated_is_not_told_again(self):
        once = self.new("c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'\n")
        self.assertEqual(self.new(once), once)


class FoundByComparison(MigrateTestCase):
    """What a comparison with the services of the old spawners has found (moving/test_same_service.py)."""

    def test_mounts_of_dockerspawner_keep_their_names(self):
        self.assertEqual(
            self.lines("c.DockerSpawner.mounts = [{'source': 'a-{username}', 'target': '/a'}]"),
            ["c.SwarmSpawner.mounts = [{'source': 'a-{escaped_username}', 'target': '/a'}]"],
        )

    def test_a_guarantee_of_dockerspawner_becomes_a_reservation_and_this_is_told(self):
        told, line = self.lines("c.DockerSpawner.mem_guarantee = '1G'")
        self.assertIn('DockerSpawner reserved nothing', told)
        self.assertEqual(line, "c.SwarmSpawner.mem_guarantee = '1G'")

    def test_numbers_of_ucphhpc_become_texts(self):
        self.assertIn(
            "'user': '1000'", self.new(UCPHHPC + "c.SwarmSpawner.container_spec = {'user': 1000, 'args': []}\n")
        )
