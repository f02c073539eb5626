"""`migrate`: configurations of ucphhpc's jhub_swarmspawner, and of cassinyspawner."""

from jupyterhub.spawner import Spawner

from migrate_support import DOCKER, IMAGE, UCPHHPC, MigrateTestCase

CASSINY = "c.JupyterHub.spawner_class = 'cassinyspawner.SwarmSpawner'\n"


class Ucphhpc(MigrateTestCase):
    def test_the_first_image_brings_its_settings(self):
        settings, _ = self.settings(
            'from jhub.mount import SSHFSMounter\n'
            + UCPHHPC
            + """\
c.SwarmSpawner.container_spec = {
    'args': ['start.sh'], 'uid_gid': '1000:100', 'mounts': [{'source': 'all', 'target': '/a'}]
}
c.SwarmSpawner.placement = {'constraints': ['node.role==manager']}
c.SwarmSpawner.user_format_attributes = ['name']
c.SwarmSpawner.configs = [{'config_name': 'x', 'filename': '/x'}]
c.SwarmSpawner.images = [
    {
        'image': 'lab/first', 'name': 'First', 'env': {'A': 'b'}, 'resource_spec': {'mem_limit': 1024},
        'placement': {'constraints': ['node.role==worker']}, 'endpoint_spec': {'mode': 'vip'},
        'mounts': [SSHFSMounter({'source': 'home-{name}', 'target': '/h', 'driver_config': {'name': 'sshfs'}})],
    },
    {'image': 'lab/second', 'name': 'Second'},
]
"""
        )
        self.assertEqual(
            settings['container_spec'],
            {
                'args': ['start.sh'],
                'user': '1000:100',
                'mounts': [{'source': 'all', 'target': '/a'}],
                'configs': [{'config_name': 'x', 'filename': '/x'}],
                'image': 'lab/first',
                'labels': {'image_name': 'First'},
            },
        )
        home = {'source': 'home-{raw_username}', 'target': '/h', 'driver_config': {'name': 'sshfs'}}
        self.assertEqual(settings['mounts'], [{'source': 'all', 'target': '/a'}, home])
        self.assertEqual(settings['placement'], {'constraints': ['node.role==worker']})
        self.assertEqual((settings['resource_spec'], settings['endpoint']), ({'mem_limit': 1024}, 'vip'))
        self.assertEqual((settings['environment'], settings['jupyterhub_service_name']), ({'A': 'b'}, 'jupyterhub'))

    def test_words_that_only_the_old_spawner_knew_are_told(self):
        made = self.new(
            UCPHHPC + "c.SwarmSpawner.container_spec = {'mounts': [{'source': 'a-{sshcmd}', 'target': '/a'}]}\n"
        )
        self.assertIn('# migrate: {sshcmd} has no equal: in pre_spawn_hook', made)

    def test_the_other_images_are_named_for_the_policy(self):
        made = self.new(
            UCPHHPC
            + "c.SwarmSpawner.images = [{'image': 'a', 'name': 'A'}, {'image': 'b', 'name': 'B', 'args': ['x']}]\n"
        )
        self.assertIn('has to allow them: b\n', made)
        self.assertIn('# migrate: settings of the other images have no equal: args\n', made)

    def test_what_has_no_equal_stays_as_a_comment(self):
        for line in (
            'c.SwarmSpawner.accelerators = [POOL]',
            'c.SwarmSpawner.enable_user_upload_install_files = True',
            "c.SwarmSpawner.form_template = '<p>'",
            'c.SwarmSpawner.mounts = []',
        ):
            with self.subTest(line):
                self.assertIn(f'\n# {line}\n', self.new(UCPHHPC + line + '\n'))


class Cassiny(MigrateTestCase):
    def test_its_settings_are_ours(self):
        text = (
            "c.SwarmSpawner.container_spec = {'Image': 'lab', 'mounts': [{'source': 'h-{username}', 'target': '/h'}]}\n"
            "c.SwarmSpawner.resource_spec = {'mem_limit': 1024}\nc.SwarmSpawner.use_user_option = True\n"
        )
        made = self.new(CASSINY + text)
        self.assertTrue(made.endswith(CASSINY + text), made)
        longer = CASSINY.replace('cassinyspawner.', 'cassinyspawner.swarmspawner.')
        self.assertTrue(self.new(longer + text).endswith("= 'swarmspawner.SwarmSpawner'\n" + text))

    def test_the_hub_does_not_talk_to_docker(self):
        self.assertIn('\n# c.SwarmSpawner.tls_config = {}\n', self.new(CASSINY + 'c.SwarmSpawner.tls_config = {}\n'))


class Elsewhere(MigrateTestCase):
    def test_settings_in_groups_and_in_other_files_are_told(self):
        made = self.new(
            DOCKER
            + IMAGE
            + "c.Spawner.group_overrides = {'a': {'spawner_override': {'image': 'x', 'mem_limit': '1G'}}}\n"
            "load_subconfig('more.py')\n"
        )
        # JupyterHub has the setting from 5.1 on.
        known = hasattr(Spawner, 'group_overrides')
        told = "image in group_overrides: use container_spec['image']" if known else 'no spawner has a setting group_overrides'
        self.assertIn(f'# migrate: {told}\n', made)
        self.assertIn("# migrate: run migrate on that file, too\nload_subconfig('more.py')\n", made)

    def test_changes_of_a_section_that_another_replaces_have_no_effect(self):
        settings, _ = self.settings(
            "c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'\n"
            "c.DockerSpawner.volumes['a'] = '/a'\nc.SwarmSpawner.volumes = {'b': '/b'}\n"
        )
        self.assertEqual(settings['mounts'], ['b:/b'])
