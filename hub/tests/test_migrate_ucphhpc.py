"""`migrate`: configurations of ucphhpc's jhub_swarmspawner, and of cassinyspawner."""

import re

import swarmspawner_profiles
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

    def profiles(self, text):
        """Returns the profiles of the new file: what a start sends of each, by its name."""
        settings, _ = self.settings(text)
        label, problems = 'c.SwarmSpawner.profile_list', []
        made = [swarmspawner_profiles.read_profile(one, label, problems) for one in settings['profile_list']]
        self.assertEqual(problems, [])
        return {one['display_name']: one['override'] for one in made}

    def test_each_image_is_a_profile(self):
        profiles = self.profiles(
            'from jhub.mount import SSHFSMounter\n'
            + UCPHHPC
            + """\
c.SwarmSpawner.container_spec = {'args': ['start.sh'], 'uid_gid': '1000:100'}
c.SwarmSpawner.placement = {'constraints': ['node.role==manager']}
c.SwarmSpawner.resource_spec = {'mem_limit': 512}
c.SwarmSpawner.user_format_attributes = ['name']
c.SwarmSpawner.images = [
    {
        'image': 'lab/first', 'name': 'First', 'args': ['x'], 'uid_gid': '1:1', 'env': {'A': 'b'},
        'resource_spec': {'mem_limit': 1024, 'cpu_limit': 1}, 'endpoint_spec': {'mode': 'vip'},
        'placement': {'constraints': ['node.role==worker']},
        'mounts': [SSHFSMounter({'source': 'home-{name}', 'target': '/h'})],
    },
    {
        'image': 'lab/second', 'name': 'Second', 'env': {'C': 'd'}, 'uid_gid': 7, 'log_driver': {'name': 'local'},
        'mounts': [{'source': 'x-{name}', 'target': '/x'}], 'resource_spec': {'mem_limit': 2048},
    },
    {'image': 'lab/third', 'name': 'Third'},
]
"""
        )
        self.assertEqual(profiles['First'], {})
        of_all = {
            'placement': {'constraints': ['node.role==manager']},
            'endpoint': None,
        }
        self.assertEqual(
            profiles['Second'],
            {
                **of_all,
                'image': 'lab/second',
                'env': {'A': None, 'C': 'd'},
                'mounts': {'/h': None, '/x': {'source': 'x-{raw_username}', 'target': '/x'}},
                'resource_spec': {'mem_limit': 2048, 'cpu_limit': None},
                'log_driver': {'name': 'local'},
                'container_spec': {'labels': {'image_name': 'Second'}, 'user': '7', 'args': ['start.sh']},
            },
        )
        self.assertEqual(
            profiles['Third'],
            {
                **of_all,
                'image': 'lab/third',
                'env': {'A': None},
                'mounts': {'/h': None},
                'resource_spec': {'mem_limit': 512, 'cpu_limit': None},
                'container_spec': {'labels': {'image_name': 'Third'}, 'user': '1000:100', 'args': ['start.sh']},
            },
        )

    def test_images_whose_names_make_no_slugs_have_numbers(self):
        for names in (('R', 'r!'), ('\u00c9', 'E'), ('!', 'x')):
            first, second = names
            text = f"[{{'image': 'a', 'name': {first!r}}}, {{'image': 'b', 'name': {second!r}}}]"
            with self.subTest(names):
                settings, _ = self.settings(f'{UCPHHPC}c.SwarmSpawner.images = {text}\n')
                self.assertEqual([one['slug'] for one in settings['profile_list']], ['image-1', 'image-2'])

    def test_images_without_names_are_called_by_their_images(self):
        profiles = self.profiles(UCPHHPC + "c.SwarmSpawner.images = [{'image': 'a'}, {'image': 'b'}]\n")
        self.assertEqual(profiles, {'a': {}, 'b': {'image': 'b'}})

    def test_what_cannot_be_read_of_the_other_images_is_told(self):
        for images, note in (
            ("[{'image': 'a'}, other]", 'write an entry of profile_list for each image'),
            ("[{'image': 'a', 'mounts': some}, {'image': 'b'}]", 'their targets are not literals'),
            ("[{'image': 'a', 'env': some}, {'image': 'b'}]", 'hold for the others as well'),
            ("[{'image': 'a'}, {'image': 'b', 'access': ['x']}]", 'settings of the other images have no equal: access'),
        ):
            with self.subTest(images):
                made = self.new(f'{UCPHHPC}some = []\nother = {{}}\nc.SwarmSpawner.images = {images}\n')
                self.assertIn(note, re.sub(r'\n# +', ' ', made))

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
