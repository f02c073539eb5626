"""Every configuration of docs/recipes.md is one that `python3 -m swarmspawner check` calls ready."""

import pathlib
import re

from check_support import RIGHT, WARNING, CheckTestCase, said

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'docs/recipes.md'


class Recipes(CheckTestCase):
    async def test_every_configuration_is_ready(self):
        blocks = re.findall(r'^```python\n(.*?)^```$', PAGE.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(blocks), 6)
        for block in blocks:
            with self.subTest(block):
                text = block if 'spawner_class' in block else RIGHT + block
                report = await self.checked(text)
                self.assertEqual(said(report), [])
                self.assertEqual(said(report, WARNING), [])
                self.assertEqual((report.verdict, report.exit_code), ('Ready: nothing is in the way', 0))

    async def test_a_typing_error_in_a_recipe_would_be_found(self):
        page = PAGE.read_text(encoding='utf-8')
        (block,) = re.findall(r'^```python\n(c\.SwarmSpawner\.mem_limit.*?)^```$', page, re.MULTILINE | re.DOTALL)
        self.assertNotEqual(await self.lines(RIGHT + block.replace('mem_limit', 'mem_limits')), [])
