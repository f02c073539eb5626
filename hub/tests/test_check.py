"""`check` reads a configuration as a hub does, and says what is wrong with it, with file and line."""

import asyncio
import json
import logging
import os
import sys
import types
from unittest import mock

import swarmspawner
from check_support import RIGHT, UNCHECKED, WARNING, CheckTestCase, said
from jupyterhub.app import JupyterHub
from swarmspawner import OTHER_SPAWNERS, SwarmSpawner
from swarmspawner_tools.load import MAX_BYTES


class Reading(CheckTestCase):
    async def test_a_right_configuration_is_ready(self):
        report = await self.checked(RIGHT)
        self.assertEqual((report.verdict, report.exit_code), ('Ready: nothing is in the way', 0))
        self.assertEqual(report.unasked, 'nobody answers')

    async def test_a_missing_module_is_named_and_the_rest_is_checked(self):
        lines = await self.lines(
            RIGHT + 'import no_such_module\nc.SwarmSpawner.netwerks = []\nno_such_module.go()\nfrom os import nothing\n'
        )
        self.assert_says(lines, 6, 'the module no_such_module is missing in ')
        self.assert_says(lines, 7, 'c.SwarmSpawner.netwerks is not a setting')
        self.assert_says(lines, 9, "ImportError: cannot import name 'nothing'")
        self.assertEqual(len(lines), 3)
        place = 'jupyterhub_config.py:6'
        (unchecked,) = said(self.last, UNCHECKED)
        self.assertEqual(unchecked, (8, f'was not run, because it needs no_such_module, which {place} did not define'))

    async def test_a_module_of_another_spawner_is_not_needed(self):
        with mock.patch.dict(sys.modules, {'dockerspawner': None, 'docker': None}):
            lines = await self.lines(RIGHT + 'import dockerspawner\nfrom docker.types import Mount\n')
        self.assert_says(lines, 6, 'the module dockerspawner is missing')
        self.assert_says(lines, 7, 'remove its import, because SwarmSpawner does not need it')

    async def test_what_a_lost_name_made_is_lost_as_well(self):
        text = """\
            import no_such_module
            class Own(no_such_module.Spawner):
                pass
            c.JupyterHub.spawner_class = Own
            """
        self.assertEqual([line for line, _ in await self.lines(text)], [1])
        self.assertEqual([line for line, _ in said(self.last, UNCHECKED)][:2], [2, 4])

    async def test_what_reads_a_lost_setting_is_lost_as_well(self):
        text = 'import os\nc.SwarmSpawner.service_ca = os.environ["NOT_SET"]\nx = c.SwarmSpawner.service_ca.encode()\n'
        self.assertEqual([line for line, _ in await self.lines(RIGHT + text)], [7])
        needs = 'it needs c.SwarmSpawner.service_ca, which jupyterhub_config.py:7 did not define'
        self.assert_says(said(self.last, UNCHECKED), 8, needs)
        self.assertEqual(self.last.unasked, 'it is not asked, because some settings could not be read')
        self.assert_says(await self.lines(f'{RIGHT}c.SwarmSpawner.service_ca.encode()'), 6, 'AttributeError')

    async def test_each_variable_that_is_not_set_is_named(self):
        text = """\
            import os
            c.SwarmSpawner.networks = [os.environ['NOT_SET_1']]
            c.SwarmSpawner.network_name = os.environ['NOT_SET_2']
            c.SwarmSpawner.labels = {'a': {}['NOT_SET_3']}
            """
        lines = await self.lines(RIGHT + '\n'.join(line.strip() for line in text.splitlines()))
        self.assert_says(lines, 7, "the environment variable 'NOT_SET_1' is not set")
        self.assert_says(lines, 8, "the environment variable 'NOT_SET_2' is not set")
        # Its name is wrong, whatever its value.
        self.assert_says(lines, 8, 'c.SwarmSpawner.network_name is not a setting')
        self.assert_says(lines, 9, "KeyError: 'NOT_SET_3'")
        self.assertEqual(len(lines), 4)

    async def test_an_exception_is_named_with_its_line_in_a_module_as_well(self):
        self.write('def go():\n    raise ValueError("x y")\n', 'of_the_admin.py')
        text = f'import sys\nsys.path.insert(0, {str(self.directory)!r})\nimport of_the_admin\nof_the_admin.go()\n'
        lines = await self.lines(RIGHT + text + 'def fail():\n    return 1 / 0\n\nfail()\n')
        self.assert_says(lines, 9, 'ValueError: x y, in of_the_admin.py:2')
        self.assert_says(lines, 11, 'ZeroDivisionError: division by zero')

    async def test_a_configuration_that_leaves_is_checked_to_its_end(self):
        for leave in ('import sys; sys.exit(0)', 'raise SystemExit', 'exit()'):
            lines = await self.lines(f'{RIGHT}{leave}\nc.SwarmSpawner.netwerks = []\n')
            self.assert_says(lines, 6, 'sys.exit ends the hub here')
            self.assert_says(lines, 7, 'netwerks')

    async def test_what_is_no_python_cannot_be_read(self):
        for text, line, words in (
            ('a = 1\nb = = 2\n', 2, 'is no Python: invalid syntax'),
            ('a = 1\nreturn\n', 2, "is no Python: 'return' outside function"),
            ('a = 1\n\0', None, 'is no Python'),
            ('# coding: no-such-coding\n', None, 'is no Python'),
            ('a = ' + '(' * 10000, None, 'is no Python'),
            ('#' * (MAX_BYTES + 1), None, 'is larger than'),
        ):
            with self.subTest(text[:20]):
                lines = await self.lines(text)
                self.assertEqual(self.last.exit_code, 2)
                self.assertEqual(self.last.verdict, 'Not checked: the configuration cannot be read')
                self.assert_says(lines, lines[0][0] if line is None else line, words)

    async def test_a_file_that_is_not_there_cannot_be_read(self):
        (self.directory / 'directory.py').mkdir()
        for name in ('nothing.py', 'directory.py', 'nothing'):
            with mock.patch.object(self, 'write', lambda text, name=name: name):
                lines = await self.lines(RIGHT)
            self.assertEqual((self.last.exit_code, lines), (2, [(None, 'there is no such file')]))

    async def test_what_a_configuration_needs_of_a_hub_is_there(self):
        await self.lines(
            RIGHT + 'import asyncio\nasyncio.get_running_loop().call_soon(int)\nassert __file__\n'
            'c = get_config()\nc.SwarmSpawner.labels = {"a": "b"}\n'
        )
        self.assertEqual(self.last.exit_code, 0, said(self.last))
        await asyncio.sleep(0)

    async def test_a_configuration_with_a_future_is_compiled_with_it(self):
        text = '"""Ours."""\nfrom __future__ import annotations\ndef a(b: nothing): ...\nx: nothing = 1\n' + RIGHT
        self.assertEqual(await self.lines(text), [])

    async def test_a_file_of_json_is_read_as_well_and_comes_last(self):
        self.write(json.dumps({'SwarmSpawner': {'netwerks': [], 'networks': ['a']}}), 'jupyterhub_config.json')
        lines = await self.lines(RIGHT)
        self.assertEqual(
            [(one.place.file, one.place.line) for one in self.last.of('problem')],
            [(str(self.directory / 'jupyterhub_config.json'), None)],
        )
        self.assertIn('netwerks', lines[0][1])
        for wrong in ('{', '[1]', '{"SwarmSpawner": 1}'):
            self.write(wrong, 'jupyterhub_config.json')
            await self.lines(RIGHT)
            self.assertEqual(self.last.exit_code, 2, wrong)

    async def test_no_value_of_the_environment_is_shown(self):
        os.environ['NOT_SHOWN'] = 'hunter2 \\ hunter3'
        lines = await self.lines(
            RIGHT + 'import os\nint(os.environ["NOT_SHOWN"])\n'
            'c.SwarmSpawner.stop_timeout = os.environ["NOT_SHOWN"]\n'
            'c.SwarmSpawner.mem_limit = os.environ["NOT_SHOWN"]\n'
            'c.SwarmSpawner.service_secret = os.environ["NOT_SHOWN"]\n'
            'c.JupyterHub.hub_port = os.environ["NOT_SHOWN"]\n'
            'raise ValueError(os.environ["NOT_SHOWN"])\n'
        )
        self.assertEqual([line for line, _ in lines], [7, 8, 9, 10, 11, 12])
        self.assertNotIn('hunter', str(lines))
        self.assert_says(lines, 7, "invalid literal for int() with base 10: '[hidden]'")
        lines = await self.lines(RIGHT + 'c.JupyterHub.load_groups = {"a": 1, "b": {"c": "hunter2"}, "d": "hunter2"}\n')
        self.assertEqual([line for line, _ in lines], [6])
        self.assertNotIn('hunter', str(lines))


class Lines(CheckTestCase):
    async def test_a_setting_has_the_line_that_set_it(self):
        text = RIGHT + (
            'for name in ("wrong_1", "wrong_2"):\n'
            '    c.SwarmSpawner[name] = 1\n'
            'c.SwarmSpawner.update(\n    wrong_3=1,\n)\n'
            'c.Spawner.setdefault("wrong_4", 1)\n'
            'c.SwarmSpawner.wrong_5.append("x")\n'
            'get_config().SwarmSpawner.wrong_6 = 1\n'
            'from traitlets.config import Config\n'
            'c.merge(Config(SwarmSpawner={"wrong_7": 1}))\n'
            'c.KubeSpawner = Config(wrong_8=1)\n'
            'def wrong(section):\n    section.wrong_9 = 1\n\nwrong(c.SwarmSpawner)\n'
            'c.Swarmspawner.wrong_10 = 1\n'
            'if c.SwarmSpawner.only_read:\n    pass\n'
            'setattr(c.SwarmSpawner, "wrong_11", c.SwarmSpawner.labels)\n'
        )
        lines = await self.lines(text)
        names = {sentence.split(' is not ')[0].rpartition('.')[2]: line for line, sentence in lines}
        expected = {'wrong_1': 7, 'wrong_2': 7, 'wrong_3': 8, 'wrong_4': 11, 'wrong_5': 12, 'wrong_6': 13}
        expected.update(wrong_7=15, wrong_8=16, wrong_9=18)
        self.assertEqual({name: names.get(name) for name in expected}, expected)
        self.assert_says(lines, 21, 'Nothing reads c.Swarmspawner')

    async def test_a_configuration_may_loop_over_c(self):
        text = RIGHT + (
            'import copy\nkept = copy.deepcopy(c)\nother = c.copy()\n'
            'for section in list(c):\n    for name in list(c[section]):\n        c[section][name] = c[section][name]\n'
            'assert kept == c == other and "SwarmSpawner.networks" in c\n'
            'assert isinstance(c, dict) and list(c.JupyterHub.items())\ndel c.SwarmSpawner.networks\n'
        )
        self.assertEqual(await self.lines(text), [])

    async def test_a_setting_of_another_file_has_its_file(self):
        self.write('c.SwarmSpawner.wrong_1 = 1\nload_subconfig("deeper.py")\nc.SwarmSpawner.networks = 1\n', 'sub.py')
        self.write('\nc.SwarmSpawner.wrong_2.append("x")\nimport no_such_module\n', 'deeper.py')
        await self.lines(RIGHT + 'load_subconfig("sub.py")\nc.SwarmSpawner.wrong_1 = 2\nload_subconfig("not.py")\n')
        places = {str(one.place): one.message for one in self.last.remarks if one.place and one.place.line}
        for place, words in (
            ('jupyterhub_config.py:7', 'wrong_1 is not'),
            ('deeper.py:2', 'wrong_2 is not'),
            ('deeper.py:3', 'no_such_module is missing'),
            ('sub.py:3', 'networks is an int'),
            ('jupyterhub_config.py:8', f"there is no file 'not.py' in {self.directory}"),
        ):
            self.assertIn(words, places[place])
        self.assertEqual(len(said(self.last, WARNING)), 1)

    async def test_a_file_that_loads_itself_ends(self):
        for text in ('load_subconfig("jupyterhub_config.py")\n' * 3, 'load_subconfig("a.py")\n'):
            self.write('load_subconfig("b.py")\n' * 2, 'a.py')
            self.write('load_subconfig("a.py")\n' * 2, 'b.py')
            lines = await self.lines(RIGHT + text)
            self.assertEqual(self.last.exit_code, 2)
            self.assert_says(lines, 6, 'deeper calls than Python has')

    async def test_a_wrong_other_file_is_named_and_the_rest_is_checked(self):
        self.write('a = = b', 'sub.py')
        lines = await self.lines(RIGHT + 'load_subconfig("sub.py")\nc.SwarmSpawner.netwerks = []\n')
        self.assertEqual([str(one.place) for one in self.last.of('problem')], ['jupyterhub_config.py:7', 'sub.py:1'])
        self.assert_says(lines, 1, 'is no Python')


class SpawnerClass(CheckTestCase):
    async def with_class(self, text, level='problem'):
        return await self.lines(RIGHT + text, level=level)

    async def test_the_names_of_our_class_are_ours(self):
        for value in ("'cassinyspawner.SwarmSpawner'", "__import__('swarmspawner').SwarmSpawner"):
            self.assertEqual(await self.with_class(f'c.JupyterHub.spawner_class = {value}'), [])

    async def test_a_class_of_the_admins_own_is_ours(self):
        own = (
            'from swarmspawner import SwarmSpawner\nfrom traitlets import Unicode\n'
            'class Own(SwarmSpawner):\n    image = Unicode().tag(config=True)\n'
            'c.JupyterHub.spawner_class = Own\nc.Own.image = "x"\nc.Own.imag = "y"\n'
        )
        lines = await self.with_class(own)
        self.assertEqual([line for line, _ in lines], [12])
        self.assert_says(said(self.last, UNCHECKED), None, '--user NAME runs them')

    async def test_a_class_that_needs_a_user_is_told(self):
        own = (
            'from swarmspawner import SwarmSpawner\n'
            'class Own(SwarmSpawner):\n'
            '    def __init__(self, **named):\n        super().__init__(**named)\n        self.user.name\n'
            'c.JupyterHub.spawner_class = Own\n'
        )
        self.assertEqual(await self.with_class(own), [])
        self.assert_says(said(self.last, UNCHECKED), 10, 'Own cannot be made without a user: AttributeError')

    async def test_another_spawner_is_refused(self):
        for value, words in (
            ("'dockerspawner.SwarmSpawner'", 'is dockerspawner.SwarmSpawner, another spawner; write c.Jupyter'),
            ("'jhub.SwarmSpawner'", 'is jhub.SwarmSpawner, another spawner'),
            ("'no_such.Spawner'", 'is no_such.Spawner, which cannot be imported as a spawner: the module no_such is'),
            ("'swarmspawner.SwarmSpawnr'", 'is swarmspawner.SwarmSpawnr, which cannot be imported as a spawner'),
            ("'no_such_name'", 'is no_such_name, which cannot be imported as a spawner'),
            ('42', 'is no class, which cannot be imported as a spawner'),
            ("'simple'", 'is SimpleLocalProcessSpawner, another spawner'),
            ('dict', 'is dict, which cannot be imported as a spawner'),
        ):
            with self.subTest(value):
                lines = await self.with_class(f'c.JupyterHub.spawner_class = {value}')
                self.assert_says(lines, 6, f'c.JupyterHub.spawner_class {words}')
                self.assertEqual(len(lines), 1)

    async def test_a_hub_without_our_class_is_told(self):
        lines = await self.lines(RIGHT.partition('\n')[2])
        self.assert_says(lines, None, 'c.JupyterHub.spawner_class is not set')

    async def test_a_class_that_wraps_ours_is_told_of_and_its_settings_are_left_to_it(self):
        own = (
            'from jupyterhub.spawner import Spawner\nclass ProfilesSpawner(Spawner):\n    start = stop = poll = None\n'
            'c.JupyterHub.spawner_class = ProfilesSpawner\n'
            'c.ProfilesSpawner.profiles = []\nc.DockerSpawner.image = "x"\nc.SwarmSpawner.image = "y"\n'
        )
        lines = await self.with_class(own)
        self.assertEqual([line for line, _ in lines], [12], lines)
        self.assert_says(said(self.last, WARNING), 9, 'is ProfilesSpawner, another spawner.')


class JupyterHubsOwn(CheckTestCase):
    async def test_settings_that_jupyterhub_does_not_take_are_named(self):
        lines = await self.lines(
            RIGHT + "c.JupyterHub.hub_prot = 1\nc.JupyterHub.hub_port = 'x'\nc.JupyterHub.services = 'y'\n"
            "c.JupyterHub.authenticator_class = 'no_such_module.Auth'\nc.Jupyterhub.x = 1\n"
        )
        self.assert_says(said(self.last, WARNING), 6, 'c.JupyterHub.hub_prot is not a setting of JupyterHub')
        self.assert_says(said(self.last, WARNING), 6, '(is it c.JupyterHub.hub_port?)')
        self.assertEqual([line for line, _ in lines], [7, 8, 9, 10])
        self.assert_says(lines, 7, 'c.JupyterHub.hub_port is a str, and must be an int')


class SameWords(CheckTestCase):
    """What `check` says of a configuration for all users is what the hub's log says at its start."""

    def logged(self, config, spawner_class):
        hub = types.SimpleNamespace(config=config, spawner_class=spawner_class, log=logging.getLogger('same-words'))
        with mock.patch.object(JupyterHub, 'initialized', lambda: True):
            with mock.patch.object(JupyterHub, 'instance', lambda: hub):
                with self.assertLogs('same-words', 'INFO') as logged:
                    hub.log.info('only this')
                    swarmspawner.log_settings_of_hub()
        return {(line.levelname, line.getMessage().partition('. No server can be')[0]) for line in logged.records[1:]}

    async def test_check_and_log_say_the_same(self):
        text = RIGHT + (
            'c.SwarmSpawner.netwerks = []\nc.SwarmSpawner.stop_timeout = "x"\nc.Swarmspawner.a = 1\n'
            'c.JupyterHub.internal_ssl = True\nc.SwarmSpawner.tls_config = {"a": 1}\n'
            'c.SwarmSpawner.options_form = "<input>"\nc.SwarmSpawner.notebook_dir = "/work"\n'
            'c.SwarmSpawner.service_url = "ftp://x"\nc.SwarmSpawner.service_cert = "/no/such/file"\n'
            'c.SwarmSpawner.labels = {"a": object()}\n'
        )
        for _, table in OTHER_SPAWNERS.items():
            for name in (*table['instead'], *table['no_effect']):
                text += ''.join(f'c.{section}.{name} = 1\n' for section in (*table['classes'], 'Spawner'))
        report = await self.checked(text)
        levels = {'problem': 'ERROR', 'warning': 'WARNING'}
        checked = {(levels[one.level], one.message) for one in report.remarks if one.level in levels}
        config = self.config_of(text)
        self.assertEqual(checked, self.logged(config, SwarmSpawner))
        self.assertGreater(len(checked), 200)
        self.assertTrue(all(one.place.line for one in report.remarks if one.level in levels))

    def config_of(self, text):
        """Returns the configuration as traitlets' own loader has it."""
        from traitlets.config.loader import PyFileConfigLoader

        return PyFileConfigLoader(self.write(text)).load_config()
