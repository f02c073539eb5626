"""Runs `python3 -m swarmspawner` many times, each in a process of its own that need not import JupyterHub anew.

Standard input has a list of {"argv", "environ"}, and standard output a list of [exit code, everything printed].
"""

import json
import os
import sys
import tempfile

import jupyterhub.app  # noqa: F401
import swarmspawner  # noqa: F401
from swarmspawner_tools import check, migrate  # noqa: F401
from swarmspawner_tools.command import main


def run(argv, environ):
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if child == 0:
            for number in (1, 2):
                os.dup2(printed.fileno(), number)
            os.environ.update(environ)
            code = 3
            try:
                code = main(argv)
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        return os.waitstatus_to_exitcode(status), printed.read().decode()


json.dump([run(**command) for command in json.load(sys.stdin)], sys.stdout)
