"""`python3 -m swarmspawner check` in a process of its own: what it prints, and its exit codes."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from check_support import RIGHT
from forked import run_forked
from support import HUB, SECRET


class Command(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()

    def run_check(self, text, *arguments, **env):
        """Returns the exit code, and what a check prints to stdout and to stderr. It need not import JupyterHub anew."""
        how = self.written(text, HUB, env)
        done = run_forked('swarmspawner', 'check', *arguments, **how)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def start_check(self, text, *arguments, path=HUB, interrupted=False, **env):
        """Does the same as an admin does, in a process that imports all itself. `interrupted`: once it prints."""
        process = subprocess.Popen(
            [sys.executable, '-m', 'swarmspawner', 'check', *arguments],
            **self.written(text, path, env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if interrupted:
            next(line for line in process.stderr if line == 'loud\n')
            process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        return process.returncode, out, err

    def written(self, text, path, env):
        """Writes the configuration. Returns the directory and the environment of the check."""
        (self.directory / 'jupyterhub_config.py').write_text(text, encoding='utf-8')
        paths = os.pathsep.join([str(path), *filter(None, [os.environ.get('PYTHONPATH')])])
        service = {'SWARMSPAWNER_URL': 'http://127.0.0.1:1', 'SWARMSPAWNER_SECRET': SECRET}
        return {'cwd': self.directory, 'env': {'PATH': os.environ['PATH'], 'PYTHONPATH': paths, **service, **env}}

    def test_the_verdict_comes_first_and_then_each_line_with_its_place(self):
        code, out, err = self.run_check(f'{RIGHT}c.DockerSpawner.remove = True\nc.SwarmSpawner.image = "x"\n')
        self.assertEqual((code, err), (1, ''))
        image = 'c.SwarmSpawner.image is not a setting of SwarmSpawner, but of dockerspawner'
        self.assertEqual(
            out.splitlines()[:5],
            [
                'Not ready: 1 thing is in the way.',
                '',
                f"jupyterhub_config.py:7: {image}; use c.SwarmSpawner.container_spec['image']",
                '',
                'Warnings:',
            ],
        )
        self.assertIn('\njupyterhub_config.py:6: c.DockerSpawner.remove has no effect: ', out)
        self.assertIn('\nNot checked:\nwhat the service would say of these settings: http://127.0.0.1:1: ', out)

    def test_exit_codes_tell_scripts(self):
        for text, arguments, code in (
            (RIGHT, [], 0),
            (f'{RIGHT}import no_such_module', [], 1),
            (RIGHT, ['--user', 'alice'], 2),
            (RIGHT, ['--options', '[]'], 2),
        ):
            with self.subTest(f'{text[len(RIGHT):]} {arguments}'):
                got, out, err = self.run_check(text, *arguments)
                self.assertEqual(got, code, out + err)
                self.assertNotIn('Traceback', out + err)

    def test_json_has_file_line_setting_and_message(self):
        code, out, _ = self.run_check(f'{RIGHT}c.SwarmSpawner.image = "x"\nimport no_such_module\n', '--json')
        found = json.loads(out)
        self.assertEqual((code, found['ready'], found['warnings']), (1, False, []))
        self.assertEqual(found['verdict'], 'Not ready: 2 things are in the way')
        file = str(self.directory / 'jupyterhub_config.py')
        problems = [(one['file'], one['line'], one['setting']) for one in found['problems']]
        self.assertEqual(problems, [(file, 6, 'c.SwarmSpawner.image'), (file, 7, None)])
        self.assertIn('http://127.0.0.1:1', found['not_checked'][0]['message'])
        code, out, _ = self.run_check(f'{RIGHT})', '--json')
        self.assertEqual((code, json.loads(out)['ready'], len(json.loads(out)['problems'])), (2, None, 1))

    def test_what_a_configuration_prints_is_not_on_stdout(self):
        text = RIGHT + (
            'import os, subprocess, sys, warnings, logging\nprint("loud 1")\nsys.stdout.write("loud 2")\n'
            'os.write(1, b"loud 3")\nsubprocess.run(["echo", "loud 4"])\nwarnings.warn("loud 5")\n'
            'def hook(spawner):\n    print("loud 6")\n    spawner.log.error("loud 7")\n\n'
            'c.Spawner.pre_spawn_hook = hook\n'
        )
        code, out, err = self.run_check(text, '--json', '--user', 'alice')
        self.assertEqual(json.loads(out)['problems'], [])
        for number in (1, 2, 3, 4, 6):
            self.assertIn(f'loud {number}', err)

    def test_a_configuration_that_starts_a_thread_does_not_keep_the_check(self):
        text = RIGHT + 'import threading\nthreading.Thread(target=threading.Event().wait).start()\n'
        self.assertEqual(self.start_check(text)[0], 0)

    def test_a_check_that_is_interrupted_says_where_it_was(self):
        text = f'{RIGHT}import time\nwhile True:\n    print("loud", flush=True)\n    time.sleep(0.1)\n'
        code, out, err = self.start_check(text, interrupted=True)
        self.assertEqual(code, 2)
        self.assertTrue(out.startswith('Not checked: the configuration cannot be read.\n'), out)
        self.assertIn('jupyterhub_config.py:7: was interrupted here', out)
        self.assertNotIn('Traceback', err)

    def test_the_class_is_loaded_once(self):
        text = RIGHT + (
            'import sys, swarmspawner, cassinyspawner, jupyterhub.spawner\n'
            'named = [cls for cls in jupyterhub.spawner.Spawner.__subclasses__() if cls.__name__ == "SwarmSpawner"]\n'
            'assert named == [swarmspawner.SwarmSpawner] == [cassinyspawner.SwarmSpawner]\n'
            'assert not hasattr(sys.modules["__main__"], "SwarmSpawner")\n'
        )
        code, out, _ = self.start_check(text)
        self.assertEqual(code, 0, out)

    def test_modules_of_the_current_directory_are_missing_as_in_a_hub(self):
        (self.directory / 'beside_it.py').write_text('', encoding='utf-8')
        code, out, _ = self.start_check(f'{RIGHT}import beside_it\n')
        self.assertEqual(code, 1)
        self.assertIn('jupyterhub_config.py:6: the module beside_it is missing', out)
        code, out, _ = self.start_check(f'{RIGHT}import beside_it\n', path=f'{HUB}{os.pathsep}{self.directory}')
        self.assertEqual(code, 0, out)

    def test_the_entry_point_of_the_package_is_our_class(self):
        info = self.directory / 'site' / 'swarmspawner_hub-0.1.dist-info'
        info.mkdir(parents=True)
        (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: swarmspawner-hub\nVersion: 0.1\n')
        (info / 'entry_points.txt').write_text('[jupyterhub.spawners]\nswarmspawner = swarmspawner:SwarmSpawner\n')
        text = f"{RIGHT}c.JupyterHub.spawner_class = 'swarmspawner'\nc.SwarmSpawner.netwerks = []\n"
        code, out, _ = self.start_check(text, path=f'{HUB}{os.pathsep}{info.parent}')
        self.assertIn('Not ready: 1 thing is in the way.\n\njupyterhub_config.py:7: c.SwarmSpawner.netwerks', out)

    def test_no_text_of_a_configuration_starts_a_line_of_its_own_or_controls_a_terminal(self):
        text = RIGHT + (
            'c.SwarmSpawner["a\\nReady: 1\\x1b[2J"] = 1\nraise ValueError("b\\nReady: 2\\x1b[2J\\u202e")\n'
        )
        code, out, _ = self.run_check(text)
        self.assertEqual(code, 1)
        self.assertNotRegex(out, '(?m)^Ready|\x1b|\u202e')
