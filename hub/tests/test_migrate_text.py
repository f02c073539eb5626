"""`migrate`: whatever a file looks like, all but the old spawner's lines stays as it is, byte for byte."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from forked import run_forked
from migrate_support import DOCKER, IMAGE, UCPHHPC, MigrateTestCase
from swarmspawner_tools.migrate import migrated
from swarmspawner_tools.rewrite import MAX_BYTES, Unreadable

HEAD = DOCKER + IMAGE + "c.DockerSpawner.network_name = 'net'\n"
# What HEAD becomes, with a line for the removal of containers.
REMOVE = 'c.DockerSpawner.remove = True\n'
WHY = '# migrate: it has no effect: a stop always removes the service of the server\n'


class Texts(MigrateTestCase):
    def body(self, text):
        """Returns what follows the head in the new text."""
        made, head = self.new(HEAD + REMOVE + text), self.new(HEAD + REMOVE)
        self.assertTrue(made.startswith(head), made)
        return made[len(head) :]

    def test_comments_and_blank_lines_stay(self):
        text = "\n\n# about  \t\nx = {  'a' :1 }   # odd\n\n\n'''\nc.DockerSpawner.image = 1\n'''\n"
        self.assertEqual(self.body(text), text)

    def test_comments_within_a_statement_stay(self):
        self.assertEqual(
            self.body(
                "c.DockerSpawner.volumes = {\n    # homes\n    'a': '/a',  # one\n    # two\n    'b': x,\n}  # end\n"
            ),
            "c.SwarmSpawner.mounts = [\n    # homes\n    'a:/a',  # one\n    # two\n    'b:' + x,\n]  # end\n",
        )
        made = self.body("c.DockerSpawner.extra_host_config = {\n    'mem_limit': '1g',  # ours\n}\n")
        self.assertIn("# ours\nc.SwarmSpawner.resource_spec = {'mem_limit': '1g'}\n", made)

    def test_tabs_stay_and_a_block_is_never_empty(self):
        self.assertEqual(
            self.body(
                'if x:\n\tif y:\n\t\tc.DockerSpawner.remove = 1\n\telse:\n\t\ty = 2\n\t\tc.DockerSpawner.remove = 1\n'
            ),
            f'if x:\n\tif y:\n\t\t{WHY}\t\t# c.DockerSpawner.remove = 1\n\t\tpass\n\telse:\n\t\ty = 2\n'
            f'\t\t{WHY}\t\t# c.DockerSpawner.remove = 1\n',
        )

    def test_every_kind_of_block(self):
        for block in (
            'for x in y:\n    {}\n',
            'while y:\n    {}\n',
            'try:\n    {}\nexcept A:\n    {}\nelse:\n    {}\nfinally:\n    {}\n',
            'with a as b:\n    {}\n',
            'def f(c):\n    {}\n',
            'class F:\n    {}\n',
            'async def f():\n    async with a:\n        {}\n',
            'if a: {}\nelif b: {}\nelse: {}\n',
            'x = 1; {}; {}; y = 2\n',
            'if a:\n    {}\n    {}\n',
            '{};\n',
            'if a:\n    {}',
        ):
            with self.subTest(block):
                made = self.body(block.replace('{}', "c.DockerSpawner.links = {'a': '''b\n  c'''}"))
                self.assertNotIn('\nc.DockerSpawner', made)
                self.assertIn("'a:/b'", self.body(block.replace('{}', "c.DockerSpawner.volumes = {'a':\n '/b'}")))

    def test_several_statements_of_a_line_stay_on_it(self):
        self.assertEqual(
            self.body("a = 1; c.DockerSpawner.prefix = 'n'; c.DockerSpawner.remove = 1; b = 2  # x\n"),
            f"{WHY}# c.DockerSpawner.remove = 1\na = 1; c.SwarmSpawner.service_prefix = 'n'; pass; b = 2  # x\n",
        )

    def test_line_ends_stay(self):
        text = HEAD + REMOVE + "if x:\n    c.DockerSpawner.remove = 1\nc.DockerSpawner.volumes = {\n 'a': '/a',\n}\n"
        for end in ('\r\n', '\r'):
            made = migrated(text.replace('\n', end).encode()).decode()
            self.assertEqual(made, self.new(text).replace('\n', end))

    def test_encodings_stay(self):
        text = f"# -*- coding: latin-1 -*-\n{HEAD}x = 'é'; c.DockerSpawner.links = {{'é': 'ü'}}  # ä\n"
        made = migrated(text.encode('latin-1')).decode('latin-1')
        self.assertIn("# c.DockerSpawner.links = {'é': 'ü'}\nx = 'é'; pass  # ä\n", made)
        mark = b'\xef\xbb\xbf'
        self.assertEqual(migrated(mark + HEAD.encode()), mark + migrated(HEAD.encode()))

    def test_continued_lines(self):
        self.assertEqual(
            self.body("c.DockerSpawner.\\\n  prefix = \\\n  'a' \\\n  'b'\nc.DockerSpawner.remove = \\\n  1\n"),
            f"c.SwarmSpawner.service_prefix = 'a' \\\n  'b'\n{WHY}# c.DockerSpawner.remove = \\\n#   1\n",
        )

    def test_brackets_around_values(self):
        self.assertEqual(
            self.body("c.DockerSpawner.prefix = (\n    # which\n    'a'  # one\n    'b'\n)\n"),
            "c.SwarmSpawner.service_prefix = (\n    # which\n    'a'  # one\n    'b'\n)\n",
        )
        self.assertEqual(
            self.body("c.DockerSpawner.volumes = ({('a'): ('/b')})\n"), "c.SwarmSpawner.mounts = ['a:/b']\n"
        )

    def test_the_configuration_under_another_name(self):
        made = self.new(
            "cfg = get_config()\ncfg.JupyterHub.spawner_class = 'docker'\ncfg.DockerSpawner.network_name = 'n'\n"
        )
        self.assertIn("cfg.SwarmSpawner.networks = ['n']\n", made)

    def test_chained_and_annotated_assignments(self):
        self.assertEqual(
            self.body('a = c.DockerSpawner.prefix = b = f()\nc.DockerSpawner.container_port: int = 1\n'),
            'a = b = f()\nc.SwarmSpawner.service_prefix = a\nc.SwarmSpawner.service_port = 1\n',
        )

    def test_deletions_and_other_changes_are_told(self):
        made = self.body(
            'del c.DockerSpawner.links\nc.DockerSpawner.prefix, x = 1, 2\n'
            "c.DockerSpawner.volumes['a']['b'] = 1\nsetattr(c.DockerSpawner, 'image', 'x')\n"
            "c['DockerSpawner'].image = 1\n"
        )
        self.assertIn('\n# del c.DockerSpawner.links\n', made)
        self.assertEqual(made.count('this change of it is not plain'), 3)
        self.assertEqual(made.count('the settings of DockerSpawner that are set here are not rewritten'), 2)

    def test_nested_f_strings(self):
        self.assertEqual(
            self.body("""c.DockerSpawner.volumes = {f"{f'{x}'}-{{username}}-{{{username}}}": f'/b/{y!r:>{w}}'}\n"""),
            """c.SwarmSpawner.mounts = [f"{f'{x}'}-{{escaped_username}}-{{{username}}}" + ':' + f'/b/{y!r:>{w}}']\n""",
        )

    def test_a_class_of_another_spawner_keeps_its_settings(self):
        text = "c.JupyterHub.spawner_class = 'wrapspawner.ProfilesSpawner'\nc.ProfilesSpawner.profiles = []\n"
        made = self.new(text)
        self.assertTrue(made.endswith(text), made)
        self.assertIn('another spawner is set here', made)

    def test_texts_of_the_file_cannot_leave_their_comment_or_their_line(self):
        images = "[{'image': 'a', 'name': 'A'}, {'image': 'b\\nimport os\\0\\r\\u2028x\\ud800', 'name': 'B'}]"
        made = self.new(f'{UCPHHPC}c.SwarmSpawner.images = {images}\n')
        self.assertIn("'image': 'b\\nimport os\\0", made)
        images = "[{'image': 'a'}, {'image': 'b', 'x\\nimport os\\u2028': 1}]"
        made = self.new(f'{UCPHHPC}c.SwarmSpawner.images = {images}\n')
        self.assertIn('have no equal: x import os', made)
        made = migrated(f"# coding: latin-1\n{HEAD}c.DockerSpawner.volumes = {{'\\u20ac\\n': '/a'}}\n".encode())
        self.assertIn(b"c.SwarmSpawner.mounts = ['\\u20ac\\n:/a']\n", made)


class Refusals(MigrateTestCase):
    def test_a_file_that_is_no_python_is_refused_with_its_line(self):
        for data, said in (
            (b'a = 1\nb = (\n', 'hub.py, line 2: is not Python'),
            (b'a = 1\n\tb = 2\n', 'hub.py, line 2: is not Python'),
            (b"a = 1\nb = '\xff'\n", 'hub.py, line 2: is not utf-8; declare the encoding in line 1'),
            (b'# coding: none-such\n', 'hub.py, line 1: its encoding is unknown'),
            (b'a = 1\0\n', 'hub.py'),
            (b'#' * (MAX_BYTES + 1), 'hub.py has more than'),
            (b'(' * 1000 + b')' * 1000, 'hub.py'),
            (b'-' * 300_000 + b'1', 'hub.py'),
        ):
            with self.subTest(said), self.assertRaises(Unreadable) as caught:
                migrated(data, 'hub.py')
            self.assertIn(said, str(caught.exception))

    def test_the_cost_grows_with_the_bytes(self):
        for line in (
            "c.DockerSpawner.volumes['a{}'] = '/b'\n",
            'c.DockerSpawner.remove = True\n',
            "c.DockerSpawner.image = 'a'\n",
            'print(c.DockerSpawner.image)\n',
            'class A{}(A): pass\n',
            "x = c.DockerSpawner.image = 'é'; ",
            'if x:\n c.DockerSpawner.remove = 1\n',
            "c.DockerSpawner.volumes = V\nV{} = {'a': '/b'}\n",
        ):
            with self.subTest(line):
                few, many = (
                    calls_of(HEAD + ''.join(line.replace('{}', str(n)) for n in range(count))) for count in (30, 120)
                )
                self.assertLess(many, few * 6)


class Command(MigrateTestCase):
    HUB = pathlib.Path(__file__).resolve().parent.parent

    def run_command(self, *args):
        return run_forked('swarmspawner', 'migrate', *args, cwd=self.HUB, env=dict(os.environ))

    def test_it_prints_and_writes_and_never_writes_over_a_file(self):
        with tempfile.TemporaryDirectory() as directory:
            old, new = pathlib.Path(directory, 'old.py'), pathlib.Path(directory, 'new.py')
            old.write_text(HEAD)
            # Once as an admin starts it.
            command = [sys.executable, '-m', 'swarmspawner', 'migrate', str(old)]
            done = subprocess.run(command, cwd=self.HUB, capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout.decode()), (0, self.new(HEAD)))
            self.assertEqual(self.run_command(old, '--write', new).returncode, 0)
            self.assertEqual((old.read_text(), new.read_bytes()), (HEAD, done.stdout))
            for place in (old, new):
                done = self.run_command(old, '--write', place)
                self.assertEqual(done.returncode, 2)
                self.assertIn(b'exists; --write needs the name of a new file', done.stderr)
            self.assertEqual(old.read_text(), HEAD)
            done = self.run_command(pathlib.Path(directory, 'none.py'))
            self.assertEqual((done.returncode, done.stdout), (2, b''))
            self.assertIn(b'none.py: No such file', done.stderr)


class Page(MigrateTestCase):
    def test_the_page_of_docs_shows_what_is_printed(self):
        page = pathlib.Path(__file__).resolve().parents[2].joinpath('docs/move.md').read_text(encoding='utf-8')
        blocks = re.findall(r'```python\n(.*?)```', page, re.S)
        self.assertEqual(len(blocks), 6)
        for old, new in zip(blocks[::2], blocks[1::2]):
            self.assertEqual(self.new(old), new)


def calls_of(text):
    """Returns how many calls of Python's functions a migration takes, which is the same on every machine."""
    count = 0

    def see(frame, event, arg):
        nonlocal count
        count += event in ('call', 'c_call')

    sys.setprofile(see)
    try:
        migrated(text.encode())
    finally:
        sys.setprofile(None)
    return count
