"""`migrate`: what public configurations have in them, in lines of our own."""

import re

from migrate_support import DOCKER, IMAGE, SWARM, UCPHHPC, MigrateTestCase


class Volumes(MigrateTestCase):
    def test_a_mode_that_is_not_a_literal_stays(self):
        text = "MODES = {'/srv': 'ro', '/data': 'rw'}\nc.DockerSpawner.volumes = {}\n"
        text += "for place in MODES:\n    c.DockerSpawner.volumes[place] = {'bind': place, 'mode': MODES[place]}\n"
        settings, _ = self.settings(DOCKER + IMAGE + text)
        self.assertEqual(settings['mounts'], ['/srv:/srv:ro', '/data:/data:rw'])

    def test_a_mode_that_is_not_a_literal_stays_in_a_dict(self):
        text = "M = str('ro')\nc.DockerSpawner.volumes = {'/a': {'bind': '/b', 'mode': M, 'propagation': 'rshared'}}\n"
        settings, _ = self.settings(DOCKER + IMAGE + text)
        self.assertIs(settings['mounts'][0]['read_only'], True)

    def test_a_dict_to_which_lines_add_volumes_of_another_form(self):
        text = "V = {'share': '/share'}\nV['/srv/{username}'] = {'bind': '/home', 'mode': 'ro'}\n"
        settings, _ = self.settings(DOCKER + IMAGE + text + 'c.DockerSpawner.volumes = V\n')
        self.assertEqual(settings['mounts'], ['share:/share', '/srv/{escaped_username}:/home:ro'])

    def test_a_volume_whose_options_have_a_name(self):
        text = "HOME = {'bind': '/home', 'mode': 'ro'}\nc.DockerSpawner.volumes = {'a': HOME}\n"
        self.assertEqual(self.settings(DOCKER + IMAGE + text)[0]['mounts'], ['a:/home:ro'])

    def test_the_word_that_is_told_is_the_one_that_stands_in_mounts(self):
        text = "c.DockerSpawner.escape = 'legacy'\n"
        text += 'c.DockerSpawner.format_volume_name = dockerspawner.volumenamingstrategy.escaped_format_volume_name\n'
        made = self.new('import dockerspawner\n' + DOCKER + IMAGE + text)
        self.assertNotIn('`{escaped_username}`', made)


class Told(MigrateTestCase):
    def test_comments_of_the_admin_are_no_words_of_migrate(self):
        made = self.new(
            DOCKER
            + IMAGE
            + "c.DockerSpawner.extra_create_kwargs.update(\n    # FIXME why root?\n    {'user': 'root'})\n"
        )
        self.assertIn('\n# FIXME why root?\nc.SwarmSpawner.container_spec.update(', made)

    def test_a_network_that_names_itself_again_is_no_other_one(self):
        text = 'c.DockerSpawner.network_name = NET\n'
        text += "c.DockerSpawner.extra_host_config = {'network_mode': c.DockerSpawner.network_name}\n"
        made = self.new(DOCKER + IMAGE + text)
        self.assertIn('names the network of network_name once more', made)
        self.assertNotIn('compare both', made)

    def test_objects_of_docker_are_told_only_where_they_stay(self):
        text = "c.DockerSpawner.extra_host_config = {'device_requests': [docker.types.DeviceRequest(count=-1)]}\n"
        made = self.new('import docker\n' + DOCKER + IMAGE + text)
        self.assertNotIn('cannot be written as a dict', made)
        self.assertIn("such as {'gpu': 1}", made)

    def test_a_name_that_may_be_two_settings_names_both(self):
        lines = self.new(SWARM + 'c.SwarmSpawner.spawn_timeout = 60\n')
        self.assertIn(
            'is it c.SwarmSpawner.stop_timeout or c.SwarmSpawner.start_timeout?', re.sub(r'\n# +', ' ', lines)
        )

    def test_ports_of_an_image_do_not_go_silently(self):
        text = "c.SwarmSpawner.images = [{'image': 'a', 'name': 'A', 'endpoint_spec': {'ports': {8888: 8888}}}]\n"
        self.assertIn("endpoint_spec['ports'] of images has no equal", self.new(UCPHHPC + text))
        text = "c.SwarmSpawner.images = [{'image': 'a', 'name': 'A', 'endpoint_spec': SPEC}]\n"
        self.assertIn("write endpoint, 'dnsrr' or 'vip'", self.new(UCPHHPC + text))

    def test_words_outside_of_mounts_are_not_sent_to_mounts(self):
        text = "c.SwarmSpawner.images = [{'image': 'a', 'name': 'A', 'env': {'NB_USER': '{service_owner}'}}]\n"
        made = self.new(UCPHHPC + text)
        self.assertIn('{service_owner} has no equal: in pre_spawn_hook', made)
        self.assertNotIn('spawner.mounts', made)


class Imports(MigrateTestCase):
    def test_our_import_takes_the_place_of_the_old_one(self):
        text = 'import os\nfrom dockerspawner import DockerSpawner\nimport sys\n\n\nclass Lab(DockerSpawner):\n    pass\n\n\n'
        made = self.new(text + 'c.JupyterHub.spawner_class = Lab\n' + IMAGE)
        self.assertTrue(made.startswith('import os\nimport swarmspawner\nimport sys\n\n\nclass Lab('), made)

    def test_a_class_that_calls_its_base_by_name_calls_ours(self):
        text = 'from dockerspawner import DockerSpawner\n\n\nclass Lab(DockerSpawner):\n    async def start(self):\n'
        text += '        return await DockerSpawner.start(self)\n\n\nc.JupyterHub.spawner_class = Lab\n'
        made = self.new(text + IMAGE)
        self.assertIn('        return await swarmspawner.SwarmSpawner.start(self)\n', made)
        self.assertNotIn('dockerspawner', made)

    def test_an_import_that_may_not_run_stays_where_it_is(self):
        text = 'try:\n    from dockerspawner import DockerSpawner\nexcept ImportError:\n    raise\n\n\n'
        made = self.new(text + 'class Lab(DockerSpawner):\n    pass\n\n\nc.JupyterHub.spawner_class = Lab\n' + IMAGE)
        self.assertIn('import swarmspawner\nclass Lab(', made)
