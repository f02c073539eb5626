"""Asks the old spawners' own code which service it would create. It runs in a virtual environment of theirs.

Standard input has a list of {"file", "username", "form", "environ"}. Standard output has the answer to each:
{"created": [...]} with what was sent to the Engine, and {"error"} if the start failed.
"""

import asyncio
import json
import os
import pathlib
import sys
from unittest import mock

# PyPI's cassinyspawner. A wheel of plain Python can be imported as it is.
sys.path[:0] = map(str, pathlib.Path(sys.prefix, 'namesake').glob('*.whl'))

import docker  # noqa: E402
from as_hub import LoadedHub  # noqa: E402
from pretended_engine import PretendedEngine  # noqa: E402


async def answer_to(file, username, form, environ):
    engine = PretendedEngine()
    with (
        mock.patch.dict(os.environ, environ),
        mock.patch.object(docker.APIClient, 'send', lambda *args, **more: engine.send(*args, **more)),
        # Its answer is no JSON, but a stream of the command's output.
        mock.patch.object(docker.APIClient, 'exec_start', lambda *args, **more: (None, None)),
    ):
        try:
            await LoadedHub(file).start(username, form)
        except (Exception, SystemExit) as error:
            return {'error': f'{type(error).__name__}: {error}', 'created': engine.created}
    return {'created': engine.created}


async def main():
    questions = json.load(sys.stdin)
    # What spawners and configurations print must not be mixed with the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    json.dump([await answer_to(**question) for question in questions], answers)


asyncio.run(main())
