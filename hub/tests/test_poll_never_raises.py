"""A poll is None whatever breaks below it. Each line below `poll` raises once, so new lines are tested as well."""

import os
import sys

import swarmspawner
from support import ScriptedTestCase, state_of
from swarmspawner import Refused, Unreachable

SOURCE = swarmspawner.__file__
LINES_AT_MOST = 1000


class Broken(Exception):
    """An exception that the class does not know."""


class LineBreaker:
    """Raises at the n-th line that runs below `poll`. `broken` is that line, or None if there were fewer lines."""

    def __init__(self, number):
        self._left = number
        self.broken = None

    def __enter__(self):
        sys.settrace(self._trace)
        return self

    def __exit__(self, *exception):
        sys.settrace(None)

    def _trace(self, frame, event, arg):
        code = frame.f_code
        is_below = code.co_filename == SOURCE and code is not swarmspawner.SwarmSpawner.poll.__code__
        return self._trace_line if is_below else None

    def _trace_line(self, frame, event, arg):
        if event == 'line' and self.broken is None:
            self._left -= 1
            if self._left <= 0:
                self.broken = f'{frame.f_code.co_name}, line {frame.f_lineno}'
                raise Broken(self.broken)
        return self._trace_line


class PollNeverRaises(ScriptedTestCase):
    async def break_each_line(self, answer, expected=(None,)):
        """Polls again and again, and breaks the next line each time. Returns the names of the broken functions."""
        broken = set()
        for number in range(1, LINES_AT_MOST):
            self.script(answer, answer)
            spawner = self.make_spawner()
            spawner.load_state({'spawn_id': 's1'})
            with LineBreaker(number) as breaker:
                status = await spawner.poll()
            if breaker.broken is None:
                return broken
            self.assertIn(status, expected, breaker.broken)
            broken.add(breaker.broken.split(',')[0])
        self.fail(f'A poll has more than {LINES_AT_MOST} lines')

    async def test_a_poll_is_none_if_a_line_fails_on_the_way_to_a_state(self):
        broken = await self.break_each_line(state_of(reason='restarted'))
        self.assertLess({'_status', '_send_polls', '_poll_many', 'readable', '_remember', '_log_change'}, broken)

    async def test_a_poll_is_none_if_a_line_fails_after_an_error(self):
        for answer in (Unreachable('refused'), Refused('no', status=422, code='invalid_request')):
            with self.subTest(answer):
                broken = await self.break_each_line(answer)
                self.assertLess({'_status', '_warn_unknown'}, broken)

    async def test_a_poll_is_none_or_the_exit_code_if_a_line_fails_on_the_way_to_an_end(self):
        # 3: if a line fails after the status is known, the poll may still return it.
        broken = await self.break_each_line(state_of('exited', status=3), expected=(None, 3))
        self.assertIn('_log_end', broken)

    async def test_a_poll_is_none_if_a_line_fails_that_reads_the_secret(self):
        for path in ('/nonexistent/secret', os.path.dirname(SOURCE), SOURCE):
            with self.subTest(path):
                swarmspawner._services.pop(self.loop, None)
                config = {'service_url': 'http://127.0.0.1:9', 'service_secret': '', 'service_secret_file': path}
                spawner = self.make_spawner(config=config)
                spawner.load_state({'spawn_id': 's1'})
                for number in range(1, LINES_AT_MOST):
                    with LineBreaker(number) as breaker:
                        self.assertIsNone(await spawner.poll(), breaker.broken)
                    if breaker.broken is None:
                        break
                self.assertIsNone(breaker.broken)
