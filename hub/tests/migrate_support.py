"""What the tests of `migrate` share: old files, and what the new ones set."""

import ast
import os
import textwrap
import unittest
from unittest import mock

from swarmspawner_tools.migrate import migrated
from traitlets.config import Config, LazyConfigValue

DOCKER = "c.JupyterHub.spawner_class = 'dockerspawner.DockerSpawner'\n"
SWARM = "c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'\n"
UCPHHPC = "c.JupyterHub.spawner_class = 'jhub.SwarmSpawner'\n"
IMAGE = "c.DockerSpawner.image = 'lab'\n"


class MigrateTestCase(unittest.TestCase):
    maxDiff = None

    def new(self, text, **more):
        """Returns the new text. It is Python, and nothing is left to do in it."""
        made = migrated(textwrap.dedent(text).encode(), **more).decode()
        ast.parse(made)
        self.assertEqual(migrated(made.encode()).decode(), made, 'A second run changes something')
        return made

    def lines(self, old, head=DOCKER + IMAGE):
        """Returns what the lines after a head become, without the lines of the head."""
        known = self.new(head).splitlines()
        return [line for line in self.new(head + textwrap.dedent(old)).splitlines() if line and line not in known]

    def settings(self, text, variables=None, **more):
        """Returns what the new file sets as c.SwarmSpawner when a hub reads it, and what it defines."""
        made, config = self.new(text, **more), Config()
        names = {'c': config, 'get_config': lambda: config}
        with mock.patch.dict(os.environ, variables or {}):
            exec(compile(made, 'jupyterhub_config.py', 'exec'), names)
        section = config['SwarmSpawner'] if 'SwarmSpawner' in config else {}
        return {name: plain(name, value) for name, value in section.items()}, names


def plain(name, value):
    if not isinstance(value, LazyConfigValue):
        return value
    return value.get_value([] if name in ('mounts', 'networks') else {})
