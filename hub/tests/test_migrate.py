"""`migrate`: a configuration of another spawner becomes one of ours, line by line."""

import ast
import textwrap
import unittest

from swarmspawner import OTHER_SPAWNERS
from swarmspawner_tools.migrate import migrated
from swarmspawner_tools.rules import COMMENTS, RULES

DOCKER = "c.JupyterHub.spawner_class = 'dockerspawner.DockerSpawner'\n"
SWARM = "c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'\n"
UCPHHPC = "c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'\n"
OURS = "c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'"
IMAGE = "c.DockerSpawner.image = 'lab'\n"
NETWORK = "c.DockerSpawner.network_name = 'hub'\n"


def new(text):
    text = textwrap.dedent(text)
    made = migrated(text.encode()).decode()
    ast.parse(made)
    return made


class MigrateTestCase(unittest.TestCase):
    maxDiff = None

    def lines(self, old, head=DOCKER + IMAGE + NETWORK):
        """Returns what the lines after a head become, without the head's own lines."""
        made = new(head + textwrap.dedent(old))
        known = new(head).splitlines()
        return [line for line in made.splitlines() if line and line not in known]


class Settings(MigrateTestCase):
    def test_each_plain_setting_becomes_what_does_the_same_here(self):
        for old, ours in (
            ("c.DockerSpawner.mem_limit = '2G'", "c.SwarmSpawner.mem_limit = '2G'"),
            ('c.DockerSpawner.cpu_limit = 0.3', 'c.SwarmSpawner.cpu_limit = 0.3'),
            ("c.DockerSpawner.cmd = 'start.sh'  # why", "c.SwarmSpawner.cmd = 'start.sh'  # why"),
            ("c.Spawner.cmd = ['a']", "c.Spawner.cmd = ['a']"),
            ("c.DockerSpawner.prefix = 'lab'", "c.SwarmSpawner.service_prefix = 'lab'"),
            (
                "c.DockerSpawner.volumes = {'home-{username}': '/home/jovyan'}",
                "c.SwarmSpawner.mounts = ['home-{escaped_username}:/home/jovyan']",
            ),
            (
                "c.DockerSpawner.read_only_volumes = {'/srv/data': '/data'}",
                "c.SwarmSpawner.mounts = ['/srv/data:/data:ro']",
            ),
            (
                "c.DockerSpawner.volumes = {'/a': {'bind': '/b', 'mode': 'ro'}}",
                "c.SwarmSpawner.mounts = ['/a:/b:ro']",
            ),
        ):
            with self.subTest(old):
                self.assertEqual(self.lines(old), [ours])

    def test_a_setting_without_an_equal_stays_as_a_comment_with_the_reason(self):
        self.assertEqual(
            self.lines("c.DockerSpawner.remove = True  # tidy\n"),
            [
                '# migrate: it has no effect: a stop always removes the service of the server',
                '# c.DockerSpawner.remove = True  # tidy',
            ],
        )


    def test_settings_that_become_parts_of_the_same_one_do_not_replace_each_other(self):
        self.assertIn(
            "c.SwarmSpawner.container_spec.update({'image': 'lab'})\n"
            "c.SwarmSpawner.networks = ['hub']\n"
            "c.SwarmSpawner.container_spec.update({'user': 'root'})\n",
            new(DOCKER + IMAGE + NETWORK + "c.DockerSpawner.extra_create_kwargs = {'user': 'root'}\n"),
        )


class Table(unittest.TestCase):
    def test_exactly_the_settings_of_the_table_are_rewritten(self):
        for spawner, table in OTHER_SPAWNERS.items():
            # dockerspawner's `mounts` has the name of ours, so it is in no table.
            self.assertEqual(set(RULES.get(spawner, {})) - {'mounts'}, set(table['rewritten']), spawner)
            self.assertLessEqual(set(table['rewritten']), set(table['instead']), spawner)
            self.assertLessEqual(set(COMMENTS.get(spawner, {})), set(table['instead']) - set(table['rewritten']), spawner)

    def test_what_is_rewritten_has_settings_that_take_its_place(self):
        for table in OTHER_SPAWNERS.values():
            self.assertEqual(table['rewritten'], sorted(table['rewritten']))
            for name in table['rewritten']:
                self.assertTrue(table['instead'][name][0], name)
