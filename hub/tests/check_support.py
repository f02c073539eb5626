"""What the tests of `python3 -m swarmspawner check` share: a directory with configurations."""

import argparse
import os
import pathlib
import tempfile
import textwrap
from unittest import mock

from support import SECRET, URL, HubTestCase
from swarmspawner import Service, Unreachable
from swarmspawner_tools import check
from swarmspawner_tools.load import Load
from swarmspawner_tools.remark import PROBLEM, UNCHECKED, WARNING

# A configuration that is right, in five lines. What a test adds begins in line 6.
RIGHT = """\
c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'
c.JupyterHub.hub_ip = '0.0.0.0'
c.SwarmSpawner.jupyterhub_service_name = 'hub'
c.SwarmSpawner.networks = ['jupyterhub']
c.SwarmSpawner.container_spec = {'image': 'demo/notebook'}
"""


class CheckTestCase(HubTestCase):
    """Checks configurations in this process, in a directory of their own. Nobody answers at the service's address."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.directory)
        os.environ.update(SWARMSPAWNER_URL=URL, SWARMSPAWNER_SECRET=SECRET)

    def write(self, text, name='jupyterhub_config.py'):
        path = self.directory / name
        path.write_text(textwrap.dedent(text), encoding='utf-8')
        return str(path)

    async def checked(self, text, *arguments):
        """Returns the report on a configuration whose service cannot be reached."""
        with mock.patch.object(Service, 'call', side_effect=Unreachable('nobody answers')):
            return await self.report(text, *arguments)

    async def report(self, text, *arguments):
        parser = argparse.ArgumentParser()
        check.add_arguments(parser)
        args = parser.parse_args([self.write(text), *arguments])
        self.last = await check.check(args, Load())
        return self.last

    async def lines(self, text, *arguments, level=PROBLEM):
        """Returns what is said of a configuration: pairs of a line and a sentence."""
        return said(await self.checked(text, *arguments), level)

    def assert_says(self, lines, line, words):
        self.assertTrue(any(at == line and words in sentence for at, sentence in lines), f'{line}: {words}: {lines}')


def said(report, level=PROBLEM):
    return [(remark.place and remark.place.line, remark.message) for remark in report.of(level)]


__all__ = ['PROBLEM', 'RIGHT', 'UNCHECKED', 'WARNING', 'CheckTestCase', 'said']
