"""What people install: the wheel, the sdist, or the one file alone."""

import atexit
import functools
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

import swarmspawner
from support import HUB, ROOT, needs

LOAD = """
import sys, warnings
warnings.simplefilter('ignore')
from jupyterhub.app import JupyterHub
from traitlets.config import Config
for name in sys.argv[1:]:
    config = Config({'JupyterHub': {'spawner_class': name}, 'SwarmSpawner': {'networks': ['jupyterhub']}})
    cls = JupyterHub(config=config).spawner_class
    print(cls.__name__, *cls(config=config).networks, sys.modules[cls.__module__].__file__)
"""


def is_installed(*modules):
    return all(map(importlib.util.find_spec, modules))


def run(*command, **more):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, **more)
    if done.returncode:
        raise AssertionError(f'{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}')
    return done.stdout


def copy_to(directory):
    """Returns a copy of the package, in which a build may leave files."""
    ignored = shutil.ignore_patterns('__pycache__', '*.egg-info', 'dist', 'build', 'tests')
    return shutil.copytree(HUB, directory / 'hub', ignore=ignored)


def install(place, *what):
    options = ('--no-deps', '--no-index', '--disable-pip-version-check', '--target', place)
    run('-m', 'pip', 'install', *options, *what)


@functools.cache
def installed():
    """Returns a directory into which pip has installed the package. Those who change it take a copy."""
    directory = tempfile.TemporaryDirectory()
    atexit.register(directory.cleanup)
    place = pathlib.Path(directory.name) / 'installed'
    install(place, '--no-build-isolation', copy_to(pathlib.Path(directory.name)))
    return place


class PackagingTestCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def assert_hub_finds_it_in(self, place, *names):
        """Checks that a hub, started in another directory, finds each of these as spawner_class."""
        path = os.pathsep.join([str(place), *filter(None, [os.environ.get('PYTHONPATH')])])
        said = run('-c', LOAD, *names, cwd='/', env={**os.environ, 'PYTHONPATH': path})
        self.assertEqual(said.splitlines(), [f'SwarmSpawner jupyterhub {place / "swarmspawner.py"}'] * len(names))


class Package(PackagingTestCase):
    NAMES = ('swarmspawner', 'swarmspawner.SwarmSpawner', 'cassinyspawner.SwarmSpawner')

    @needs(is_installed('pip', 'setuptools', 'wheel'), 'not installed: pip, setuptools, wheel')
    def test_pip_installs_the_package_without_a_network(self):
        place = installed()
        self.assert_hub_finds_it_in(place, *self.NAMES)
        self.assertTrue((place / 'swarmspawner_templates' / 'not_running.html').is_file())
        self.assertIn('check', run('-m', 'swarmspawner', '--help', env={**os.environ, 'PYTHONPATH': str(place)}))

    @needs(is_installed('build', 'setuptools', 'wheel'), 'not installed: build, setuptools, wheel')
    def test_a_build_makes_an_sdist_and_from_that_a_wheel(self):
        copy = copy_to(self.directory)
        run('-m', 'build', '--no-isolation', copy)
        (sdist,) = (copy / 'dist').glob('*.tar.gz')
        (wheel,) = (copy / 'dist').glob('*.whl')
        with tarfile.open(sdist) as archive:
            names = {name.partition('/')[2] for name in archive.getnames()}
        files = {'swarmspawner.py', 'swarmspawner_profiles.py', 'cassinyspawner.py'}
        for pattern in ('swarmspawner_templates/*.html', 'swarmspawner_tools/*.py'):
            files |= {path.relative_to(HUB).as_posix() for path in HUB.glob(pattern)}
        self.assertLessEqual({*files, 'pyproject.toml', 'README.md', 'LICENSE'}, names)
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            archive.extractall(self.directory / 'wheel')
        self.assertEqual({name for name in names if '.dist-info/' not in name}, files)
        self.assertTrue(any(name.endswith('LICENSE') for name in names))
        self.assertTrue(wheel.name.startswith(f'swarmspawner_hub-{swarmspawner.__version__}-'), wheel.name)
        self.assert_hub_finds_it_in(self.directory / 'wheel', *self.NAMES)


# PyPI's `swarmspawner`, another project of 2017. hub-venv.sh downloads it.
NAMESAKE = next(pathlib.Path(sys.prefix, 'namesake').glob('*.whl'), None)


@needs(NAMESAKE and is_installed('pip', 'setuptools', 'wheel'), 'only in the virtual environments of npm test')
class BesideItsNamesake(PackagingTestCase):
    def setUp(self):
        super().setUp()
        self.place = shutil.copytree(installed(), self.directory / 'installed')

    def hub_says(self, spawner_class):
        """Returns what a hub prints that starts with this class."""
        config = self.directory / 'jupyterhub_config.py'
        config.write_text(f'c.JupyterHub.spawner_class = {spawner_class!r}', encoding='utf-8')
        command = [sys.executable, '-m', 'jupyterhub', '--show-config', '--config', config]
        env = {**os.environ, 'PYTHONPATH': str(self.place)}
        done = subprocess.run(command, cwd=self.directory, env=env, capture_output=True, text=True)
        return done.stdout + done.stderr

    def test_a_hub_with_our_package_alone_says_nothing(self):
        self.assertNotIn('Two SwarmSpawners', self.hub_says('swarmspawner.SwarmSpawner'))

    def test_a_hub_says_that_both_packages_are_installed_whichever_class_it_loads(self):
        install(self.place, NAMESAKE)
        for spawner_class in ('swarmspawner.SwarmSpawner', 'cassinyspawner.SwarmSpawner'):
            with self.subTest(spawner_class):
                said = self.hub_says(spawner_class)
                self.assertEqual(said.count('Two SwarmSpawners are installed: swarmspawner 0.1.0'), 1, said)
                self.assertIn('pip uninstall swarmspawner', said)


class OneFile(PackagingTestCase):
    def test_the_one_file_is_enough_if_python_finds_it(self):
        place = self.directory / 'alone'
        place.mkdir()
        shutil.copy(HUB / 'swarmspawner.py', place)
        self.assert_hub_finds_it_in(place, 'swarmspawner.SwarmSpawner')

    def test_the_one_file_imports_only_what_every_hub_has(self):
        self.assertLessEqual(self.imported(HUB / 'swarmspawner.py'), {'jupyterhub', 'tornado', 'traitlets'})

    def test_the_commands_import_only_what_every_hub_has(self):
        known = {'jupyterhub', 'sqlalchemy', 'swarmspawner', 'tornado', 'traitlets'}
        for path in HUB.glob('swarmspawner_tools/*.py'):
            # Loaded only if there are profiles, and the file that knows them.
            more = {'swarmspawner_profiles'} if path.name == 'ask_profiles.py' else set()
            self.assertLessEqual(self.imported(path), known | more, path)

    def imported(self, path):
        """Returns the names of the modules that a file imports at its top, without those of Python itself."""
        found = set(re.findall(r'^(?:from|import) (\w+)', path.read_text(encoding='utf-8'), re.MULTILINE))
        return found - getattr(sys, 'stdlib_module_names', found)

    def test_the_one_file_alone_says_where_the_commands_are(self):
        shutil.copy(HUB / 'swarmspawner.py', self.directory)
        done = subprocess.run(
            [sys.executable, '-m', 'swarmspawner', 'check'], cwd=self.directory, env={}, capture_output=True, text=True
        )
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertRegex(done.stderr, '^The commands are in the directory swarmspawner_tools: .*\n$')


@needs((ROOT / 'package.json').is_file(), 'package.json is not beside hub')
class InStep(unittest.TestCase):
    def test_the_package_has_the_version_of_the_service(self):
        package = json.loads((ROOT / 'package.json').read_text(encoding='utf-8'))
        self.assertEqual(swarmspawner.__version__, package['version'])

    def test_the_package_has_the_license_of_the_service(self):
        # A copy and not a link, because images get a copy of the directory alone.
        self.assertFalse((HUB / 'LICENSE').is_symlink())
        self.assertEqual((HUB / 'LICENSE').read_bytes(), (ROOT / 'LICENSE').read_bytes())
