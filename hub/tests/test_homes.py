"""`migrate --homes`: old and new names of all users' volumes, and what `check` says of servers that were left."""

import contextlib
import io
import json
import os
import pathlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from check_support import CheckTestCase
from jupyterhub import orm
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from support import NODE_IS_THERE, ROOT, Process, ServedTestCase, needs
from swarmspawner import Service, Unreachable, owner_of
from swarmspawner_tools import command
from swarmspawner_tools.old_names import OldNames
from swarmspawner_tools.remark import UNCHECKED, WARNING
from traitlets.config import Config

VECTORS = ROOT / 'test' / 'vectors' / 'old-volumes.json'
USER = 'Ünï@x.org'
ESCAPED = '-c3-9cn-c3-af-40x-2eorg'
LEGACY = '_C3_9Cn_C3_AF_40x_2Eorg'

OLD = """\
c.JupyterHub.spawner_class = 'dockerspawner.SwarmSpawner'
c.SwarmSpawner.image = 'demo/notebook'
c.SwarmSpawner.network_name = 'jupyterhub'
c.SwarmSpawner.volumes = {'jupyterhub-user-{username}': '/home/jovyan/work', '/srv/{raw_username}': '/srv'}
c.SwarmSpawner.read_only_volumes = {'datasets': {'bind': '/data', 'mode': 'ro'}}
"""
# An admin's own, with another name of the home.
OURS = """\
c.JupyterHub.spawner_class = 'swarmspawner.SwarmSpawner'
c.SwarmSpawner.container_spec = {'image': 'demo/notebook'}
c.SwarmSpawner.networks = ['jupyterhub']
c.SwarmSpawner.mounts = ['jupyterhub-user-{username}:/home/jovyan/work', 'datasets:/data:ro']
"""


def write_database(path, users, states=()):
    """Writes a hub's database: users, then the states of servers that run, by user."""
    engine = create_engine(f'sqlite:///{path}')
    orm.Base.metadata.create_all(engine)
    with contextlib.closing(sessionmaker(bind=engine)()) as db:
        for name in users:
            db.add(orm.User(name=name))
        for name, state in dict(states).items():
            user = orm.User(name=name)
            server = orm.Server(proto='http', ip='old.test', port=1, base_url=f'/user/{name}/')
            db.add_all([user, server, orm.Spawner(name='lab', user=user, server=server, state=state)])
        db.commit()
    engine.dispose()


def explained(volumes):
    """Returns a service that knows these volumes on its node, and fills the placeholders as ours does."""

    async def call(self, verb, data, timeout):
        assert verb == 'explain'
        user = data['server']['username']
        words = {'{username}': owner_of({'username': user}), '{raw_username}': user, '{escaped_username}': ESCAPED}
        mounts = []
        for text in data['config']['mounts']:
            source, target = text.split(':')[:2]
            for word, value in words.items():
                source = source.replace(word, value)
            mounts.append({'Type': 'bind' if source[0] == '/' else 'volume', 'Source': source, 'Target': target})
        found = [
            {
                'name': mount['Source'],
                'node': 'n1',
                'exists': mount['Source'] in volumes,
                'others': [{'name': name, 'placeholders': []} for name in volumes if mount['Source'] not in volumes],
            }
            for mount in mounts
            if mount['Type'] == 'volume'
        ]
        return {'spec': {'TaskTemplate': {'ContainerSpec': {'Mounts': mounts}}}, 'volumes': found}

    return call


class HomesTestCase(CheckTestCase):
    def run_homes(self, *arguments, call=None):
        """Returns the exit code, what was printed, and what went to stderr."""
        # The command has an event loop of its own, and the one of this test runs.
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            with mock.patch.object(Service, 'call', call or explained([])):
                code = in_thread(lambda: command.main(['migrate', '--homes', 'jupyterhub_config.py', *arguments]))
        return code, out.getvalue(), err.getvalue()


def in_thread(work):
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


class Homes(HomesTestCase):
    async def test_each_user_has_a_line_with_old_and_new_name_and_the_node(self):
        self.write(OLD)
        write_database('jupyterhub.sqlite', [USER])
        before = pathlib.Path('jupyterhub.sqlite').read_bytes()
        code, out, _ = self.run_homes(call=explained([f'jupyterhub-user-{ESCAPED}', 'datasets']))
        name = f'jupyterhub-user-{ESCAPED}'
        self.assertRegex(out, r'^USER +SERVER +TARGET +OLD +NEW +NODE +NOTE\n')
        self.assertRegex(out, rf'\n{USER} +- +/home/jovyan/work +{name} +{name} +n1 +same\n')
        self.assertRegex(out, rf'\n{USER} +- +/data +datasets +datasets +n1 +same\n')
        self.assertRegex(out, rf'\n{USER} +- +/srv +/srv/{USER} +/srv/{USER} +- +same\n')
        self.assertIn('Nothing was copied or removed', out)
        self.assertEqual(code, 0)
        self.assertEqual(pathlib.Path('jupyterhub.sqlite').read_bytes(), before)

    async def test_a_home_with_another_name_is_told_and_the_exit_code_is_1(self):
        self.write(OLD)
        new = self.write(OURS, 'new_config.py')
        write_database('jupyterhub.sqlite', [USER])
        code, out, _ = self.run_homes('--to', new, '--json', call=explained([f'jupyterhub-user-{ESCAPED}', 'datasets']))
        homes = {home['target']: home for home in json.loads(out)}
        home = homes['/home/jovyan/work']
        self.assertEqual(home['old'], f'jupyterhub-user-{ESCAPED}')
        self.assertEqual(home['new'], f'jupyterhub-user-{owner_of({"username": USER})}')
        self.assertEqual((home['node'], home['username'], home['server_name']), ('n1', USER, ''))
        self.assertIn('the old volume is there, and the new one would be empty', home['note'])
        self.assertEqual((homes['/srv']['new'], homes['/srv']['note']), (None, 'nothing is mounted here any more'))
        self.assertEqual(code, 1)

    async def test_a_volume_of_another_node_has_no_node(self):
        self.write(OLD)
        write_database('jupyterhub.sqlite', [USER])
        code, out, _ = self.run_homes()
        self.assertRegex(out, r'/home/jovyan/work +\S+ +\S+ +- +same, and not on the node n1\n')
        self.assertEqual(code, 0)

    async def test_the_old_names_are_listed_if_the_service_cannot_be_asked(self):
        self.write(OLD)
        write_database('jupyterhub.sqlite', [USER, 'bob'])

        async def call(self, *_):
            raise Unreachable('nobody answers')

        code, out, err = self.run_homes(call=call)
        self.assertRegex(out, rf'{USER} .* jupyterhub-user-{ESCAPED} +- +- +not known\n')
        self.assertEqual(err, 'The service was not asked: nobody answers\n')
        self.assertEqual(code, 2)

    async def test_what_cannot_be_read_is_said_in_a_sentence_without_a_password(self):
        self.write(OLD)
        _, _, err = self.run_homes()
        self.assertRegex(err, 'there is no database .*/jupyterhub.sqlite; run this where the hub runs')
        self.write(OLD + "c.JupyterHub.db_url = 'nosuch://hub:hunter2@db/hub'\n")
        code, _, err = self.run_homes()
        self.assertRegex(err, r'^the database of the hub cannot be read: \w+\n$')
        self.write(OURS)
        code, _, err = self.run_homes()
        self.assertIn('does not say which spawner it was for', err)
        self.assertEqual(code, 2)

    async def test_hostile_names_and_answers_stay_on_their_lines(self):
        self.write(OLD)
        write_database('jupyterhub.sqlite', ['a\u001b[31m\nroot', '\u202eb'])
        for answer in ({}, {'spec': 5, 'volumes': 7}, {'spec': {'TaskTemplate': {'ContainerSpec': {'Mounts': [5, {}]}}}}):

            async def call(self, *_, answer=answer):
                return answer

            _, out, _ = self.run_homes(call=call)
            self.assertTrue(all(line.isprintable() for line in out.splitlines()), out)
            self.assertEqual(len(out.splitlines()), 1 + 2 * 3 + 3)


class OldVolumes(CheckTestCase):
    def names(self, settings, username, server_name='', *, kind='swarm', release=None, section='SwarmSpawner'):
        return OldNames(Config({section: settings}), kind, release).of(username, server_name)

    @needs(VECTORS.is_file(), 'test/vectors is not beside hub')
    async def test_dockerspawner_names_are_those_that_its_releases_make(self):
        for row in json.loads(VECTORS.read_text(encoding='utf-8')):
            server = row['username'], row['server_name']
            volumes = {'home-{username}-{servername}': '/a'}
            self.assertEqual(self.names({'volumes': volumes}, *server), {'/a': row['volume']})
            plain = {'volumes': {'home-{username}': {'bind': '/a', 'mode': 'ro'}}}
            self.assertEqual(self.names(plain, *server, release=0), {'/a': row['legacy']})
            self.assertEqual(self.names({**plain, 'escape': 'legacy'}, *server), {'/a': row['legacy']})

    async def test_the_names_of_the_other_spawners(self):
        long = 'x' * 40 + '@x.org'
        mount = {'container_spec': {'mounts': [{'source': 'home-{username}', 'target': '/a'}]}}
        self.assertEqual(
            self.names(mount, USER, kind='cassiny'), {'/a': f'home-{owner_of({"username": USER})}'}
        )
        self.assertEqual(self.names(mount, long, kind='ucphhpc'), {'/a': f'home-{long[-32:]}'})
        named = {'container_spec': {'mounts': [{'source': 'home-{name}', 'target': '/a'}, 'b:/b:ro', 7, {}]}}
        self.assertEqual(self.names(named, long, kind='ucphhpc'), {'/a': f'home-{long}', '/b': 'b'})
        self.assertEqual(self.names({}, USER, kind='systemuser'), {f'/home/{USER}': f'/home/{USER}'})

    async def test_what_is_no_template_stays_as_it_is(self):
        for text in ('home-{nobody}', 'home-{', '{0}', '{username[5]}', '{username.x.y}'):
            self.assertEqual(self.names({'volumes': {text: '/a'}}, 'alice'), {'/a': text})

    async def test_an_escape_of_the_admins_own_is_called(self):
        settings = {'volumes': {'{username}-{servername}': '/a'}, 'escape': lambda text: f'<{text}>'}
        self.assertEqual(self.names(settings, 'Al', 'Lab'), {'/a': '<Al>-<lab>'})


class LeftServers(CheckTestCase):
    STATE = {'object_id': 'p9pnp2l2pyoc2s5n8l1b7bwqs', 'object_name': 'jupyter-alice--lab'}

    async def test_check_names_the_servers_that_another_spawner_has_left(self):
        write_database('jupyterhub.sqlite', ['bob'], {'alice': self.STATE, 'eve': {'spawn_id': 's', 'service_id': 'a'}})
        lines = await self.lines(OURS, level=WARNING)
        [(_, sentence)] = [line for line in lines if 'was started by' in line[1]]
        self.assertIn('the server of alice:lab was started by dockerspawner', sentence)
        self.assertIn('its service jupyter-alice--lab (p9pnp2l2pyoc2s5n8l1b7bwqs) goes on', sentence)

    async def test_many_are_counted_and_hostile_states_are_passed_over(self):
        states = {f'user{number}': {'service_id': f'id{number}'} for number in range(30)}
        write_database('hub.db', [], {**states, 'a\n\u202e' * 60: {'object_name': 'b\n' * 900}, 'x': [1], 'y': 'text'})
        config = OURS + "c.JupyterHub.db_url = 'hub.db'\n"
        lines = [sentence for _, sentence in await self.lines(config, level=WARNING)]
        self.assertEqual(len([line for line in lines if 'was started by' in line]), 20)
        self.assertTrue(any('11 more servers of another spawner' in line for line in lines), lines)
        self.assertTrue(all(line.isprintable() and len(line) < 1000 for line in lines))

    async def test_no_database_here_says_nothing_and_one_that_cannot_be_read_is_told(self):
        self.assertEqual([line for line in await self.lines(OURS, level=UNCHECKED) if 'database' in line[1]], [])
        pathlib.Path('jupyterhub.sqlite').write_text('no database')
        [line] = [line for line in await self.lines(OURS, level=UNCHECKED) if 'database' in line[1]]
        self.assertRegex(line[1], 'the database of the hub cannot be read: DatabaseError; so servers')

    async def test_the_database_is_opened_to_read(self):
        write_database('jupyterhub.sqlite', [], {'alice': self.STATE})
        connect, seen = sqlite3.connect, []

        def noted(file, **options):
            seen.append(file)
            return connect(file, **options)

        with mock.patch.object(sqlite3, 'connect', noted):
            await self.lines(OURS)
        self.assertTrue(seen and all(file.endswith('?mode=ro') for file in seen), seen)


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class ServedHomes(ServedTestCase):
    async def test_the_service_itself_says_what_the_new_names_are(self):
        service = Process('serve', until='listening on ([^"]+)', env=self.env)
        self.addCleanup(service.end)
        directory = pathlib.Path(self.env['HOME'])
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(directory)
        (directory / 'jupyterhub_config.py').write_text(OLD)
        write_database(directory / 'jupyterhub.sqlite', [USER, 'alice'])
        os.environ.update(SWARMSPAWNER_URL=service.found, SWARMSPAWNER_SECRET=self.env['SWARMSPAWNER_SECRET'])
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            code = in_thread(lambda: command.main(['migrate', '--homes', 'jupyterhub_config.py']))
        name = f'jupyterhub-user-{ESCAPED}'
        self.assertRegex(out.getvalue(), rf'\n{USER} +- +/home/jovyan/work +{name} +{name} +- +same, and not on the node ')
        self.assertRegex(out.getvalue(), r'\nalice +- +/data +datasets +datasets ')
        self.assertEqual((code, err.getvalue()), (0, ''))
