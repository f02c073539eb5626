"""Secrets of the hub stay in it: neither the log nor what a user reads has one."""

import base64
import json
import logging
import traceback
import uuid

from support import state_of
from swarmspawner import Service, SpawnFailed
from test_http import HttpTestCase

SECRET_CANARY = f'c{uuid.uuid4().hex}0secret'
CANARIES = {name: f'c{uuid.uuid4().hex}0{name}' for name in ('token', 'env', 'setting', 'option')}


def spellings(canary):
    data = canary.encode()
    padded = [base64.b64encode(b'\0' * offset + data).decode()[4:-4] for offset in (0, 1, 2)]
    return [canary, data.hex(), *padded]


def found(text):
    """Returns the names of the canaries that are in a text, in any of their spellings."""
    canaries = {**CANARIES, 'secret': SECRET_CANARY}
    return [name for name, canary in canaries.items() if any(one in text for one in spellings(canary))]


class Heard(logging.Handler):
    """Keeps everything that is logged, at any level, with the tracebacks."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(logging.Formatter().format(record))


class Leaks(HttpTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.heard = Heard()
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self.heard)
        self.addCleanup(root.removeHandler, self.heard)
        self.addCleanup(root.setLevel, level)

    def spawner(self, secret=None, **config):
        secret = secret or 'whsec_' + base64.b64encode(SECRET_CANARY.encode()).decode()
        container = {'image': 'a', 'env': {'SETTING': CANARIES['setting']}}
        settings = {'service_url': self.url, 'service_secret': secret, 'container_spec': container}
        spawner = self.make_spawner(config={**settings, 'start_timeout': 1, 'stop_timeout': 0, **config})
        spawner.api_token = CANARIES['token']
        spawner.environment = {'ANY': CANARIES['env']}
        spawner.user_options = {'env': {'A': CANARIES['option']}}
        spawner.log.addHandler(self.heard)
        self.addCleanup(spawner.log.removeHandler, self.heard)
        return spawner

    async def start_fails(self, spawner):
        """Returns everything that a failed start shows to anybody."""
        try:
            await spawner.start()
        except SpawnFailed as error:
            said = [str(error), repr(error), error.jupyterhub_message, error.jupyterhub_html_message]
            said += [json.dumps([event async for event in spawner.progress()])]
            return '\n'.join([*said, *traceback.format_exception(type(error), error, error.__traceback__)])
        self.fail('it did not fail')

    async def test_a_start_sends_every_canary_except_the_secret(self):
        """Proves that the other tests of this class look for texts that the class really has."""
        self.answers(200, state_of('failed', reason='no'))
        await self.start_fails(self.spawner())
        body = self.requests[0].body.decode()
        self.assertEqual(sorted(set(found(body))), ['env', 'setting', 'token'])

    async def test_no_canary_is_shown_or_logged_whatever_the_service_answers(self):
        answers = [
            lambda: self.answers(200, state_of('failed', reason='no', log=['a line'])),
            lambda: self.answers(200, 'not JSON'),
            lambda: self.answers(200, {'state': 5}),
            lambda: self.answers(502, '<h1>Bad Gateway</h1>', 'text/html'),
            lambda: self.answers(302, '', Location='http://127.0.0.1:9/'),
            lambda: self.problem(401, 'unauthorized', retryable=False),
            lambda: self.problem(422, 'invalid_config', retryable=False, issues=[{'path': 'a', 'message': 'b'}]),
            lambda: self.problem(503, 'engine_unreachable', retryable=True),
        ]
        for number, answer in enumerate(answers):
            with self.subTest(number):
                answer()
                spawner = self.spawner(use_user_options=number % 2 == 0)
                said = await self.start_fails(spawner)
                said += str(await spawner.poll())
                try:
                    await spawner.stop()
                except Exception as error:
                    said += ''.join(traceback.format_exception(type(error), error, error.__traceback__))
                said += json.dumps(spawner.get_state())
                self.assertEqual(found(said), [])
        self.assertTrue(self.heard.lines)
        self.assertEqual(found('\n'.join(self.heard.lines)), [])

    async def test_wrong_settings_are_not_shown(self):
        broken = [
            {'service_url': 'http://127.0.0.1:9'},
            {'service_url': 'ftp://x'},
            {'secret': SECRET_CANARY},
            {'secret': f'whsec_{SECRET_CANARY}!'},
            {'labels': {'a': object(), 'b': CANARIES['setting']}},
            {'nosuch': CANARIES['setting']},
        ]
        for settings in broken:
            with self.subTest(list(settings)):
                self.assertEqual(found(await self.start_fails(self.spawner(**settings))), [])
        self.assertEqual(found('\n'.join(self.heard.lines)), [])

    async def test_the_repr_of_a_service_does_not_show_its_secret(self):
        service = Service(self.url, SECRET_CANARY)
        self.assertEqual(found(f'{service!r} {service}'), [])
