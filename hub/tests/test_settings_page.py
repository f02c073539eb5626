"""Compares docs/reference/settings.md with the class and JupyterHub. docs/write reads only the source."""

import pathlib
import re
import unittest

from support import HUB_VERSION
from swarmspawner import SwarmSpawner

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'docs/reference/settings.md'
SINCE = re.compile(r'From JupyterHub (\d+)\.(\d+) on')


class SettingsPage(unittest.TestCase):
    def setUp(self):
        settings = PAGE.read_text(encoding='utf-8').split('## Keys')[0]
        self.rows = dict(re.findall(r'^\| `(\w+)` \| (.+) \|$', settings, re.MULTILINE))

    def test_the_page_has_every_setting_of_the_class(self):
        self.assertLess(set(SwarmSpawner.class_own_traits(config=True)), set(self.rows))

    def test_the_page_has_no_setting_that_does_not_exist(self):
        known = set(SwarmSpawner.class_traits(config=True))
        for name, row in self.rows.items():
            since = SINCE.search(row)
            if since and HUB_VERSION < tuple(map(int, since.groups())):
                continue
            self.assertIn(name, known)
