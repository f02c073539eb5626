"""Runs modules as `python3 -m` does, in forks of a process that has imported JupyterHub once.

A fork has what a new process would have: arguments, environment, directory, path, output, signals and exit code. It
does not have what Python itself does when it starts. So tests of imports, entry points and PYTHONPATH use a real process.
"""

import atexit
import contextlib
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

# A request is one message. The kernel takes about 200 KB.
MAX_BYTES = 200_000


class Forked:
    """A module in a process of its own. It has those parts of subprocess.Popen that the tests use."""

    returncode = None

    def __init__(self, module, *arguments, env, stdout, stderr, cwd='.'):
        request = {'argv': [module, *map(str, arguments)], 'env': env, 'cwd': os.path.abspath(cwd)}
        report, write = os.pipe()
        # No buffer: it could take the exit code with the pid, and then select would wait for ever.
        self._report = open(report, 'rb', buffering=0)
        fds = [stdout.fileno(), stderr.fileno(), write]
        socket.send_fds(server(), [json.dumps(request).encode()], fds)
        os.close(write)
        self.pid = int(self._report.readline())

    def poll(self):
        if self.returncode is None and select.select([self._report], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            if not select.select([self._report], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f'process {self.pid}', timeout)
            with self._report:
                self.returncode = int(self._report.readline())
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def run_forked(module, *arguments, env, cwd='.'):
    """Returns what subprocess.run would return for `python3 -m`, with its output as bytes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = Forked(module, *arguments, env=env, stdout=out, stderr=err, cwd=cwd).wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([module, *arguments], code, out.read(), err.read())


@functools.cache
def server():
    """Returns the socket of the process that forks. It is started at the first call, and ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        number = theirs.fileno()
        # No PYTHONPATH: each fork has its own.
        env = {'PATH': os.environ['PATH']}
        process = subprocess.Popen([sys.executable, __file__, str(number)], env=env, pass_fds=[number])
    # The functions of atexit run in reverse order: the server ends once the socket is closed.
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def next_request(control):
    """Forks for each request. Returns the request in the fork only. Ends once the process of the tests has ended."""
    forks = {}
    # Ctrl-C reaches the whole group of processes. It is for the tests and for the forks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ready = select.select([control, *forks], [], [])[0]
        for ended in forks.keys() & set(ready):
            tell_end(ended, *forks.pop(ended))
        if control not in ready:
            continue
        request, fds, *_ = socket.recv_fds(control, MAX_BYTES, 3)
        if not request:
            end(forks)
        pid = os.fork()
        if pid == 0:
            os.dup2(fds[0], 1)
            os.dup2(fds[1], 2)
            control.detach()
            os.closerange(3, os.sysconf('SC_OPEN_MAX'))
            return json.loads(request)
        tell(fds[2], pid)
        os.close(fds[0])
        os.close(fds[1])
        forks[os.pidfd_open(pid)] = pid, fds[2]


def tell(report, number):
    """Tells the process of the tests a pid or an exit code."""
    # It may have ended.
    with contextlib.suppress(BrokenPipeError):
        os.write(report, b'%d\n' % number)


def tell_end(pidfd, pid, report):
    """Tells the exit code of a fork that has ended."""
    tell(report, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.close(report)
    os.close(pidfd)


def end(forks):
    """Ends this process, and the forks that no test has ended."""
    for pid, _ in forks.values():
        os.kill(pid, signal.SIGKILL)
    for pid, _ in forks.values():
        os.waitpid(pid, 0)
    sys.exit()


def become(argv, env, cwd):
    """Gives this process what a new one would have."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None
    # The first entry of our own path is the directory of this file.
    sys.path[:1] = [cwd, *filter(None, env.get('PYTHONPATH', '').split(os.pathsep))]
    sys.argv = argv


if __name__ == '__main__':
    # It is the first import of a hub as well. The class and its tools, and what hub_config.py patches, come later.
    import jupyterhub.app  # noqa: F401

    assert threading.active_count() == 1, 'a fork would lose these threads'
    # Forks share the memory of what is imported. The garbage collector would write into it.
    gc.freeze()
    become(**next_request(socket.socket(fileno=int(sys.argv[1]))))
    # SystemExit and other exceptions leave this file, so that Python itself handles them.
    runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)
