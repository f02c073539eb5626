"""Configurations that cannot be moved in as they are: `migrate` and `check` say exactly what is in the way."""

import functools
import re

from configurations import CONFIGS, IN_THE_WAY
from moving_in import MovingInTestCase


class ToldInTheWay(MovingInTestCase):
    async def check_configuration(self, name, sentences):
        new = self.directory / f'{name}.py'
        old = CONFIGS / f'{name}.py'
        [(migrate_code, migrated)] = self.run_commands([(['migrate', old, '--write', new], {})])
        is_written = migrate_code == 0
        self.assertEqual(new.exists(), is_written)
        check = ['check', new if is_written else old], {'SWARMSPAWNER_URL': self.strict.found}
        [(check_code, checked)] = self.run_commands([check])
        self.assertIn(check_code, (1, 2), checked)
        said = migrated + (new.read_text() if is_written else '') + checked
        for sentence in sentences:
            self.assertIn(sentence, said)
        # Nothing else is in the way.
        found = [line for line in checked.splitlines() if re.match(r'\S+\.py:\d+: ', line)]
        unknown = [line for line in found if not any(sentence in line for sentence in sentences)]
        if is_written:
            self.assertEqual(unknown, [])


for name, sentences in IN_THE_WAY.items():
    check = functools.partialmethod(ToldInTheWay.check_configuration, name, sentences)
    setattr(ToldInTheWay, f'test_{name}', check)
