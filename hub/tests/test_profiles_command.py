"""`python3 -m swarmspawner profiles` writes what `swarmspawner explain --profiles` reads."""

import json
import os
import subprocess
import sys

from check_support import RIGHT
from forked import run_forked
from support import HUB, NODE, NODE_IS_THERE, PROGRAM, needs
from test_check_user import ServedCheck

PROFILES = """\
c.SwarmSpawner.notebook_dir = '/home/{username}'
c.SwarmSpawner.profile_list = [
    {'display_name': 'Small', 'default': True, 'override': {'mem_limit': '1G', 'default_url': '/lab'}},
    {
        'display_name': 'GPU',
        'groups': ['physics'],
        'max_runtime': '8h',
        'quota': {'servers': 8},
        'override': {'mem_limit': '2G'},
        'profile_options': {
            'image': {
                'choices': {'r': {'override': {'image': 'demo/r'}}},
                'unlisted_choice': {'enabled': True, 'override': {'image': '{value}'}},
            },
        },
    },
]
"""


SMALL = 'profile small.mem_limit'
FUNCTION = """\
def profiles(spawner):
    return [{"display_name": spawner.user.name, "groups": ["physics"]}]

c.SwarmSpawner.profile_list = profiles
"""
TWO_WRONG = """\
c.SwarmSpawner.profile_list = [{"display_name": "A"}]
c.SwarmSpawner.image = "x"
"""


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class Profiles(ServedCheck):
    def written(self, text, *arguments, is_forked=True):
        """Returns the exit code, and what the command prints to stdout and to stderr."""
        paths = os.pathsep.join([str(HUB), *filter(None, [os.environ.get('PYTHONPATH')])])
        command, env = ['swarmspawner', 'profiles', self.write(text), *arguments], {**os.environ, 'PYTHONPATH': paths}
        if is_forked:
            done = run_forked(*command, env=env)
        else:
            done = subprocess.run([sys.executable, '-m', *command], env=env, capture_output=True)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def explained(self, out, *arguments):
        """Returns the exit code of `swarmspawner explain` with this file, and what it prints."""
        (self.directory / 'profiles.json').write_text(out, encoding='utf-8')
        env = {'PATH': os.environ['PATH'], **self.env, 'SWARMSPAWNER_PROFILES': str(self.directory / 'profiles.json')}
        command = [NODE, str(PROGRAM), 'explain', *arguments]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    async def test_explain_takes_a_slug_of_them(self):
        # Once as an admin starts it.
        code, out, err = self.written(f'print("loud")\n{RIGHT}{PROFILES}', is_forked=False)
        self.assertEqual((code, err), (0, 'loud\n'))
        physicist = '--user', 'ada', '--group', 'physics'
        code, said = self.explained(out, '--profile', 'gpu', *physicist, '--json')
        self.assertEqual(code, 0, said)
        sources = json.loads(said)['sources']
        self.assertEqual(sources['TaskTemplate.ContainerSpec.Image'], 'profile gpu (image: r).image')
        self.assertEqual(sources['TaskTemplate.Resources.Limits.MemoryBytes'], 'profile gpu.mem_limit')
        self.assertEqual(json.loads(said)['spec']['Labels']['org.swarmspawner.max-runtime'], '28800')
        code, said = self.explained(out, '--profile', 'gpu', *physicist, '--choice', 'image=demo/typed', '--json')
        self.assertEqual(json.loads(said)['image']['name'], 'demo/typed')
        code, said = self.explained(out, '--profile', 'gpu', '--user', 'ada')
        self.assertEqual(code, 2)
        self.assertIn('--profile gpu: it is not open to ada, but to --group physics; ada may take small', said)
        code, said = self.explained(out, '--user', 'ada', '--json')
        self.assertEqual(json.loads(said)['sources']['TaskTemplate.Resources.Limits.MemoryBytes'], SMALL)

    async def test_what_only_the_hub_reads_is_left_out(self):
        _, out, _ = self.written(RIGHT + PROFILES)
        found = json.loads(out)
        self.assertEqual(found['profiles'][0]['override'], {'mem_limit': '1G'})
        self.assertNotIn('notebook_dir', found['config'])
        self.assertEqual(found['config']['container_spec'], {'image': 'demo/notebook'})

    async def test_a_function_is_asked_for_a_user(self):
        text = RIGHT + FUNCTION
        code, out, err = self.written(text)
        self.assertEqual((code, out), (2, ''))
        self.assertIn('a function makes the profiles; give --user NAME', err)
        code, out, err = self.written(text, '--user', 'ada', '--group', 'physics')
        self.assertEqual((code, [one['slug'] for one in json.loads(out)['profiles']]), (0, ['ada']), err)
        code, out, err = self.written(text, '--user', 'ada')
        self.assertEqual((code, json.loads(out)['profiles']), (0, []), err)

    async def test_allowed_images_are_a_profile(self):
        _, out, _ = self.written(f'{RIGHT}c.SwarmSpawner.allowed_images = {{"R": "demo/r", "Py": "demo/py"}}\n')
        code, said = self.explained(out, '--user', 'ada', '--choice', 'image=Py', '--json')
        self.assertEqual(json.loads(said)['image']['name'], 'demo/py', said)

    async def test_what_is_wrong_is_told_and_nothing_is_written(self):
        for text, words in (
            ('', 'c.SwarmSpawner.profile_list and allowed_images are not set'),
            ('c.SwarmSpawner.profile_list = [{}]', '`display_name` is missing'),
            ('import no_such_module', 'jupyterhub_config.py:6: '),
            (')', 'jupyterhub_config.py:6: '),
            (TWO_WRONG, ':7: c.SwarmSpawner.image'),
            ('c.SwarmSpawner.profile_list = lambda spawner: 1 / 0', 'ZeroDivisionError'),
        ):
            with self.subTest(text):
                code, out, err = self.written(RIGHT + text, *(['--user', 'ada'] if 'lambda' in text else []))
                self.assertEqual((code, out), (2, ''))
                self.assertIn(words, err)
                self.assertNotIn('Traceback', err)
