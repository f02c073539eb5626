"""A database in which another spawner has left its states: the hub starts, and its log says what goes on."""

import contextlib
import json
import sqlite3

from support import NODE_IS_THERE, ScriptedTestCase, needs, state_of
from swarmspawner import Unreachable
from test_real_hub import RealHub

# As get_state of these releases writes them, with ids as the Engine makes them.
CONTAINER = '3f' * 32
STATES = {
    'dockerspawner 14.0.0': (
        {'object_id': 'p9pnp2l2pyoc2s5n8l1b7bwqs', 'object_name': 'jupyter--c3-9cn-40x-2eorg'},
        'jupyter--c3-9cn-40x-2eorg (p9pnp2l2pyoc2s5n8l1b7bwqs)',
    ),
    'dockerspawner 0.11.1': ({'object_id': CONTAINER}, CONTAINER),
    'dockerspawner 0.9.1': ({'container_id': CONTAINER}, CONTAINER),
    'jhub-swarmspawner 0.6.3': ({'service_id': 'p9pnp2l2pyoc2s5n8l1b7bwqs'}, 'p9pnp2l2pyoc2s5n8l1b7bwqs'),
    'kubespawner 7.0.0': ({'pod_name': 'jupyter-alice', 'namespace': 'hub', 'dns_name': 'a.b'}, 'jupyter-alice'),
}
# What may be in a column of JSON. Most of it is no state of any spawner.
HOSTILE = [
    *([], [1], 'text', 5, 1.5, True, {'object_id': 5, 'object_name': ['a']}, {'service_id': {'a': 1}}),
    *({'object_name': 'a\n\u202eb' * 200}, {'pod_name': '\ud800'}, {'spawn_id': 7, 'url': 8, 'is_left': 'yes'}),
    *({'spawn_id': 's1', 'url': url} for url in ('http://[', 'http://a:99999', 'x', 'http://a:b')),
    {'service_id': 'a', 'service_name': None, 'spawn_id': '', 'url': ['http://a:1']},
    *({'ended_message': text} for text in (7, ['a'], 'a\n\x1b[2J\u202eb' * 200, '\ud800')),
]


class OtherStates(ScriptedTestCase):
    def loaded(self, state, server_name='', *, username='alice', runs=True):
        """Returns a spawner with a state of the database, and the log. `runs`: the hub believes that its server runs."""
        spawner = self.make_spawner(username, server_name)
        if runs:
            self.give_row(spawner)
        with self.assertLogs(spawner.log, 'INFO') as logged:
            spawner.log.info('loading')
            spawner.load_state(state)
        return spawner, logged.output[1:]

    async def test_the_log_says_which_service_of_another_spawner_goes_on(self):
        for release, (state, service) in STATES.items():
            with self.subTest(release):
                _, logged = self.loaded(state, 'lab')
                self.assertEqual(len(logged), 1)
                self.assertIn('alice:lab: was started by ', logged[0])
                self.assertIn(release.partition(' ')[0], logged[0])
                self.assertIn(f'Its service {service} may run on', logged[0])

    async def test_the_server_counts_as_stopped_once_the_service_says_that_it_has_none(self):
        for state in [*(state for state, _ in STATES.values()), *HOSTILE]:
            with self.subTest(state):
                service = self.script(Unreachable('refused'), state_of('absent'))
                spawner, _ = self.loaded(state)
                self.assertIsNone(await spawner.poll())
                self.assertEqual(await spawner.poll(), 0)
                spawner.clear_state()
                self.assertEqual(set(spawner.get_state()) - {'is_left'}, set())
                self.assertEqual(service.verbs, ['poll', 'poll'])

    async def test_no_state_raises_or_writes_lines_into_the_log(self):
        for state in HOSTILE:
            with self.subTest(state):
                spawner, logged = self.loaded(state)
                for line in logged:
                    self.assertTrue(line.isprintable() and len(line) < 1000, line)
                json.dumps(spawner.get_state())

    async def test_a_state_of_ours_and_a_server_that_is_stopped_say_nothing(self):
        _, logged = self.loaded({'spawn_id': 's1', 'service_id': 'a', 'service_name': 'b', 'url': 'http://a:1'})
        self.assertEqual(logged, [])
        self.script()
        spawner, logged = self.loaded(STATES['dockerspawner 14.0.0'][0], username='bob', runs=False)
        self.assertEqual(logged, [])
        self.assertEqual(spawner.get_state(), {})
        self.assertEqual(await spawner.poll(), 0)


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class OtherDatabase(RealHub):
    async def test_a_hub_starts_with_the_states_of_another_spawner_and_starts_its_servers_anew(self):
        states = [*(state for state, _ in STATES.values()), *HOSTILE]
        users = [f'user{number}' for number in range(len(states))]
        await self.hub.start()
        for user in users:
            await self.hub.ask('POST', f'/users/{user}')
        self.hub.end()
        self.write(dict(zip(users, states)))
        await self.hub.start()

        async def are_stopped():
            return not any([await self.hub.servers(user) for user in users])

        await self.hub.until(are_stopped, 60)
        for number, (_, service) in enumerate(STATES.values()):
            self.assertRegex(self.hub.log, rf'user{number}: was started by .*{service[:20]}.* may run on')
        self.assertNotIn('Traceback', self.hub.log)
        answer = await self.start_server('user0')
        self.assertLess(answer.code, 300, answer.body)
        self.assertTrue(await self.is_ready('user0'), self.hub.log)

    def write(self, states):
        """Puts a running server with a state into the hub's database, for each user."""
        with contextlib.closing(sqlite3.connect(self.hub._directory / 'jupyterhub.sqlite')) as database, database:
            for number, (user, state) in enumerate(states.items(), 100):
                server = number, 'http', 'old.test', 8888, f'/user/{user}/', 'c'
                columns = 'id, proto, ip, port, base_url, cookie_name'
                database.execute(f'INSERT INTO servers ({columns}) VALUES (?, ?, ?, ?, ?, ?)', server)
                database.execute('DELETE FROM spawners WHERE user_id = (SELECT id FROM users WHERE name = ?)', (user,))
                database.execute(
                    "INSERT INTO spawners (name, server_id, state, user_id) VALUES ('', ?, ?, (SELECT id FROM users "
                    'WHERE name = ?))',
                    (number, json.dumps(state), user),
                )
