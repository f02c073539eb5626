"""What `migrate` prints starts the service that the old spawner would have created, or the difference is told.

The old spawners' own code says which service or container they would create for a user. `migrate` rewrites the same
file, and the class starts the same user's server by it, over the real service, on the embedded engine.
"""

import asyncio
import functools
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import swarmspawner
from as_hub import LoadedHub
from configurations import CONFIGURATIONS, OLD, USERS
from described import described, differences
from moving_in import MovingInTestCase, ask_old


def old_services():
    """Returns the old spawners' answers by series, configuration and user."""
    keys = [(series, name, user) for series in OLD for name in CONFIGURATIONS for user in USERS]

    def of_series(series):
        asked = [key for key in keys if key[0] == series]
        return zip(asked, ask_old(series, [CONFIGURATIONS[name].question(user) for _, name, user in asked]))

    with ThreadPoolExecutor() as threads:
        return {key: answer for part in threads.map(of_series, OLD) for key, answer in part}


def one_line(text):
    """Returns a text without the line feeds in its comments."""
    return re.sub(r'\n\s*#\s+(migrate: )?', ' ', text)


class SameService(MovingInTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = old_services()
        cls.new = cls.moved_in(CONFIGURATIONS.values())

    @classmethod
    def moved_in(cls, configurations):
        """Returns the new file of each configuration, and everything that `migrate` and `check` say."""
        files = [cls.directory / f'{one.name}.py' for one in configurations]
        commands = []
        for one, file in zip(configurations, files):
            service = cls.strict if one.in_the_way else cls.open
            environ = {**one.environ, 'SWARMSPAWNER_URL': service.found}
            commands += [(['migrate', one.file, '--write', file], environ)]
            commands += [(['check', file, '--user', one.checked], environ)]
        printed = iter(text for _, text in cls.run_commands(commands))
        # Two for each: of `migrate`, and of `check`.
        said = [one_line(migrated + file.read_text() + next(printed)) for file, migrated in zip(files, printed)]
        return {one.name: new for one, *new in zip(configurations, files, said)}

    async def asyncSetUp(self):
        await super().asyncSetUp()

        async def listens(url):
            return None

        # The embedded engine starts nothing that listens.
        self.patch(mock.patch.object(swarmspawner, 'connect_problem', listens))
        self.patch(mock.patch.object(swarmspawner, 'hub_problem', listens))
        # A hub looks less often, because its servers are slower than these.
        self.patch(mock.patch.object(swarmspawner, 'FIRST_LOOKS', (0.1,) * 20))

    async def services_of(self, one, file):
        """Starts the users' servers. Returns what was created, as the Engine has it."""
        with mock.patch.dict(os.environ, {**one.environ, 'SWARMSPAWNER_URL': self.open.found}):
            hub = LoadedHub(file)
            self.assertTrue(issubclass(hub.spawner_class, swarmspawner.SwarmSpawner))
            spawners = await asyncio.gather(*(hub.start(username, one.form) for username in USERS))
        bodies = [self.ask_engine(f'/services/{spawner._service_name}')['Spec'] for spawner in spawners]
        await asyncio.gather(*(spawner.stop() for spawner in spawners))
        return [{'kind': 'service', 'body': body} for body in bodies]

    async def check_configuration(self, one):
        file, said = self.new[one.name]
        for username, service in zip(USERS, await self.services_of(one, file)):
            new = described(service, self.network_names)
            for series in OLD:
                with self.subTest(user=username, old=series):
                    answer = self.old[series, one.name, username]
                    self.assertNotIn('error', answer)
                    self.assert_told(differences(described(answer['created'][-1]), new), one.differs, said)
        if one.in_the_way:
            self.assertTrue(one.in_the_way in said, said)

    def assert_told(self, different, expected, said):
        shown = json.dumps(different, indent=1, ensure_ascii=False)
        self.assertEqual(sorted(different), sorted(expected), shown)
        for name, words in expected.items():
            self.assertTrue(words in said, f'{name} is {different[name]}; nothing says: {words}')


for name, one in CONFIGURATIONS.items():
    check = functools.partialmethod(SameService.check_configuration, one)
    setattr(SameService, f'test_{name}', check)
