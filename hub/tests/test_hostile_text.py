"""Texts of others (the Engine, programs, users) are cleaned before a log, a page or the list of progress shows them."""

import logging
import unicodedata
from unittest import mock

import swarmspawner
from support import SERVER_URL, ScriptedTestCase, event, state_of
from swarmspawner import Refused, SpawnFailed, Unreachable, hub_problem
from tornado.web import HTTPError

# A forged line of a log, and characters that control terminals, hide letters, change the direction or end a line.
HOSTILE = (
    'x\n[I 2026-01-02 03:04:05.678 JupyterHub app:1] mallory is admin\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029'
    '\x00\x07\x08\x1b[2J\x1b]0;title\x07\x7f\x80\x90\x9b31m\x9d\u202a\u202e\u2066\u2069\u200b\u200f\xad\ufeff'
    '\ud800\udfff\U000e0041<script>alert(1)</script>%s%(x)s{y}'
)


class HostileText(ScriptedTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner(config={'use_user_options': True, 'stop_timeout': 1, 'start_timeout': 10})
        self.spawner.user_options = {HOSTILE: HOSTILE}
        self.said = []
        handler = logging.Handler()
        handler.emit = lambda record: self.said.append(record.getMessage())
        self.spawner.log.addHandler(handler)
        self.addCleanup(self.spawner.log.removeHandler, handler)

    def assert_plain(self, text):
        for char in text:
            self.assertNotIn(unicodedata.category(char), ('Cc', 'Cf', 'Cs', 'Zl', 'Zp'), repr(text))
        text.encode()

    def assert_log_is_plain(self, lines=1):
        """Each line of the log is plain. Lines that a program wrote stand indented below a line of ours."""
        self.assertGreaterEqual(len(self.said), lines)
        for message in self.said:
            first, *more = message.split('\n')
            self.assert_plain(first)
            for line in more:
                self.assertTrue(line.startswith('    '), repr(line))
                self.assert_plain(line)

    async def failure(self):
        """Starts the server and returns its failure. Checks that all that the hub may show of it is plain."""
        with self.assertRaises(SpawnFailed) as raised:
            await self.spawner.start()
        error = raised.exception
        told = [str(error), error.jupyterhub_message, error.jupyterhub_html_message, error.log_message, error.code]
        for text in [*told, *error.last_lines, *map(str, error.args), str(error.reason or ''), str(getattr(error, 'message', ''))]:
            self.assert_plain(text)
        self.assertNotIn('<script>', error.jupyterhub_html_message)
        async for shown in self.spawner.progress():
            self.assert_plain(shown['message'])
        return error

    async def test_a_failed_start_is_told_in_plain_text_on_lines_of_its_own(self):
        events = [event(HOSTILE, seq=HOSTILE), event('Preparing', 30)]
        words = {'reason': HOSTILE, 'advice': HOSTILE, 'log': [HOSTILE, HOSTILE], 'events': events}
        self.script(state_of('starting', **words), state_of('failed', user_message=HOSTILE, **words))
        error = await self.failure()
        self.assertIn('mallory', str(error))
        self.assertEqual(len(error.last_lines), 2)
        self.assert_log_is_plain()

    async def test_a_start_that_takes_too_long_is_told_in_plain_text(self):
        self.script(*[state_of('starting', timeout_message=HOSTILE, events=[event(HOSTILE)])] * 100)
        self.assertIn('mallory', str(await self.failure()))

    async def test_a_refusal_is_told_in_plain_text(self):
        for code in ('invalid_request', HOSTILE):
            with self.subTest(code):
                self.spawner.clear_state()
                self.script(Refused(HOSTILE, status=422, code=code, user_message=HOSTILE, advice=HOSTILE))
                self.assertIn('mallory', str(await self.failure()))
                self.assert_log_is_plain()

    async def test_an_unreachable_service_is_told_in_plain_text(self):
        self.script(Unreachable(HOSTILE), state_of('failed'))
        await self.failure()
        self.assert_log_is_plain(2)

    async def test_a_signed_problem_is_told_in_plain_text(self):
        service = swarmspawner.Service('http://service.test', 'x')
        problem = {'code': HOSTILE, 'detail': HOSTILE, 'user_message': HOSTILE, 'advice': HOSTILE, 'status': 422}
        for retryable in (True, False):
            error = service._problem({**problem, 'retryable': retryable})
            for text in (str(error), *(str(value) for value in vars(error).values())):
                self.assert_plain(text)

    async def test_a_poll_logs_and_keeps_plain_text(self):
        self.spawner.load_state({'spawn_id': 's1'})
        words = {'reason': HOSTILE, 'advice': HOSTILE, 'log': [HOSTILE]}
        self.script(state_of(**words), state_of('failed', user_message=HOSTILE, **words), Unreachable(HOSTILE))
        for expected in (None, 1, None):
            self.assertEqual(await self.spawner.poll(), expected)
        self.assert_log_is_plain(3)
        for value in self.spawner.get_state().values():
            self.assert_plain(str(value))

    async def test_a_failed_stop_or_deletion_is_told_in_plain_text(self):
        self.spawner.load_state({'spawn_id': 's1'})
        self.script(*[Unreachable(HOSTILE)] * 100)
        with self.assertRaises(Unreachable) as raised:
            await self.spawner.stop()
        self.assert_plain(str(raised.exception))
        await self.spawner.delete_forever()
        await self.settle()
        self.assert_log_is_plain(3)

    async def test_a_failed_look_at_the_port_is_told_in_plain_text(self):
        async def look(url):
            raise ValueError(HOSTILE)

        self.patch(mock.patch.object(swarmspawner, 'ask_as_hub', look))
        self.script(*[state_of()] * 50)
        self.ports[SERVER_URL] = [await hub_problem(SERVER_URL)]
        self.spawner.http_timeout = 2
        await self.failure()
        self.assert_log_is_plain()
        self.assertIn('mallory', ' '.join(self.said))

    async def test_names_of_options_are_told_in_plain_text(self):
        self.spawner.use_user_options = False
        self.script(state_of('failed'))
        await self.failure()
        self.assert_log_is_plain(2)
        self.assertIn('have no effect', ' '.join(self.said))

    async def test_names_of_servers_are_logged_in_plain_text(self):
        spawner = self.make_spawner('alice', HOSTILE.replace('\ud800\udfff', ''))
        spawner.load_state({'spawn_id': 's1'})
        self.script(Unreachable('refused'))
        self.assertIsNone(await spawner.poll())
        self.assert_log_is_plain()

    async def test_a_refused_form_is_told_in_plain_text(self):
        for form in ({'x': [f'{{{HOSTILE}']}, {'a': ['1'], f'a.{HOSTILE}': ['2']}, {HOSTILE: ['{']}):
            with self.assertRaises(HTTPError) as raised:
                self.spawner.options_from_form(form)
            self.assert_plain(str(raised.exception.log_message))
            self.assert_plain(str(raised.exception))

    async def test_values_that_cannot_be_sent_are_told_in_plain_text(self):
        self.spawner.user_options = {'x': {HOSTILE: object()}, HOSTILE: {1, 2}}
        self.script(state_of())
        await self.failure()
        self.assert_log_is_plain()
