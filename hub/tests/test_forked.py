"""A fork of forked.py does what `python3 -m` does in a new process."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from forked import Forked, run_forked

PROBE = """\
import atexit, json, os, random, signal, sys, tempfile, threading
atexit.register(print, 'at the end')
handlers = [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)]
# The first file of a list is that of the list itself.
files = len(os.listdir('/proc/self/fd')) - 1
names = __name__, sys.argv, os.getcwd(), sys.path[:3], dict(os.environ), tempfile.gettempdir(), os.getpgrp()
print(json.dumps([names, handlers, files, sys.modules['__main__'].__dict__ is globals(), 'swarmspawner' in sys.modules]))
print('a line', file=sys.stderr)
threading.Thread(target=lambda: print('in a thread')).start()
exec(sys.argv[1])
"""


class Forks(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name).resolve()
        (self.directory / 'probe.py').write_text(PROBE)
        # Python sets LC_CTYPE itself if no locale is set.
        self.env = {'PATH': os.environ['PATH'], 'PYTHONPATH': '/a:/b', 'TMPDIR': directory.name, 'LC_ALL': 'C.UTF-8'}

    def test_a_fork_has_and_does_what_a_new_process_does(self):
        for code, exit_code in (
            ('pass', 0),
            ('sys.exit(7)', 7),
            ('sys.exit("words")', 1),
            ('1 / 0', 1),
            ('os.kill(os.getpid(), signal.SIGTERM)', -signal.SIGTERM),
            ('os.kill(os.getpid(), signal.SIGINT)', -signal.SIGINT),
            ('os._exit(3)', 3),
        ):
            with self.subTest(code):
                how = {'cwd': self.directory, 'env': self.env}
                real = subprocess.run([sys.executable, '-m', 'probe', code], capture_output=True, **how)
                fork = run_forked('probe', code, **how)
                self.assertEqual((fork.returncode, fork.stdout), (real.returncode, real.stdout))
                self.assertEqual(fork.returncode, exit_code)
                # Between its first and its last line, a traceback has the files that ran the module.
                said, expected = fork.stderr.splitlines(), real.stderr.splitlines()
                self.assertEqual((said[0], said[-1]), (expected[0], expected[-1]))

    def test_forks_have_no_random_numbers_in_common(self):
        numbers = 'random.random(), ssl.RAND_bytes(8), uuid.uuid4(), os.urandom(8), tempfile.mktemp()'
        (self.directory / 'drawn.py').write_text(f'import os, random, ssl, tempfile, uuid\nprint({numbers}, sep="\\n")')
        first, second = (run_forked('drawn', cwd=self.directory, env=self.env).stdout.splitlines() for _ in range(2))
        self.assertEqual((len(first), len(second), {*first} & {*second}), (5, 5, set()))

    def test_a_fork_is_waited_for_and_gets_signals(self):
        with tempfile.TemporaryFile() as out:
            how = {'cwd': self.directory, 'env': self.env, 'stdout': out, 'stderr': out}
            fork = Forked('probe', 'import time; time.sleep(60)', **how)
            self.assertIsNone(fork.poll())
            with self.assertRaises(subprocess.TimeoutExpired):
                fork.wait(0.1)
            fork.kill()
            self.assertEqual((fork.wait(30), fork.poll()), (-signal.SIGKILL, -signal.SIGKILL))
            fork.terminate()

    def test_the_forks_end_with_the_process_that_asked_for_them(self):
        """Whatever ends that process. A pipe that only the fork holds tells its end."""
        read, write = os.pipe()
        asker = f"""
import os, sys
sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
from forked import Forked
with open({write}, 'w') as out:
    Forked('probe', 'import time; time.sleep(60)', cwd={str(self.directory)!r}, env={self.env!r}, stdout=out, stderr=out)
os.kill(os.getpid(), 9)
"""
        done = subprocess.run([sys.executable, '-c', asker], pass_fds=[write])
        os.close(write)
        self.assertEqual(done.returncode, -signal.SIGKILL)
        with open(read, 'rb') as pipe:
            # Returns once nobody holds the other end.
            pipe.read()
