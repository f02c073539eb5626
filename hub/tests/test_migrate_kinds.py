"""`migrate`: what public configurations have in them, in lines of our own."""

from migrate_support import DOCKER, IMAGE, MigrateTestCase


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

    def test_the_word_that_is_told_is_the_one_that_stands_in_mounts(self):
        text = "c.DockerSpawner.escape = 'legacy'\n"
        text += 'c.DockerSpawner.format_volume_name = dockerspawner.volumenamingstrategy.escaped_format_volume_name\n'
        made = self.new('import dockerspawner\n' + DOCKER + IMAGE + text)
        self.assertNotIn('`{escaped_username}`', made)
