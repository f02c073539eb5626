"""`migrate`: the hook at the end of the new file, beside the hooks that the old one has."""

from migrate_support import IMAGE, MigrateTestCase
from test_migrate_hooks import HEAD, run_hook

SYSTEM = "c.JupyterHub.spawner_class = 'dockerspawner.SystemUserSpawner'\n" + IMAGE
FIRST = 'def first(spawner):\n    spawner.environment["A"] = "first"\n\n\n'


class SystemUsers(MigrateTestCase):
    """SystemUserSpawner's user comes from a hook at the end of the file, whatever hooks the file has."""

    def settings_with(self, text):
        settings, names = self.settings(SYSTEM + text)
        for name, value in names['c'].get('Spawner', {}).items():
            settings.setdefault(name, value)
        return settings

    def assert_both(self, text):
        settings = self.settings_with(FIRST + text)
        spawner = run_hook(settings, 'root')
        self.assertEqual(spawner.container_spec['user'], '0:0')
        self.assertEqual(spawner.environment['NB_USER'], 'root')
        return spawner.environment.get('A')

    def test_a_hook_that_is_set_by_a_condition(self):
        self.assertEqual(self.assert_both('if True:\n    c.Spawner.pre_spawn_hook = first\n'), 'first')
        self.assertIsNone(self.assert_both('if False:\n    c.Spawner.pre_spawn_hook = first\n'))

    def test_the_hook_of_the_section_that_counts(self):
        text = 'def second(spawner):\n    spawner.environment["A"] = "second"\n\n\n'
        text += 'c.DockerSpawner.pre_spawn_hook = second\nc.Spawner.pre_spawn_hook = first\n'
        self.assertEqual(self.assert_both(text), 'second')

    def test_a_hook_that_is_no_name(self):
        text = 'c.Spawner.pre_spawn_hook = lambda spawner: first(spawner)\n'
        self.assertEqual(self.assert_both(text), 'first')

    def test_the_hook_of_an_own_class_is_the_one_that_is_replaced(self):
        text = 'from dockerspawner import SystemUserSpawner\n\n\nclass Lab(SystemUserSpawner):\n    pass\n\n\n'
        text += 'c.JupyterHub.spawner_class = Lab\n' + IMAGE
        text += 'def hook(spawner):\n    pass\n\n\nc.Lab.pre_spawn_hook = hook\n'
        self.assertTrue(self.new(text).endswith('\n\nc.Lab.pre_spawn_hook = as_the_old_spawner_did\n'))

    def test_limits_that_are_functions_beside_several_hooks(self):
        text = 'def a(spawner):\n    pass\n\n\ndef limit(spawner):\n    return "4G"\n\n\n'
        text += 'if X:\n    c.Spawner.pre_spawn_hook = a\nelse:\n    c.Spawner.pre_spawn_hook = a\n'
        settings, _ = self.settings(HEAD + 'X = 1\n' + text + 'c.DockerSpawner.mem_limit = limit\n')
        self.assertEqual(run_hook(settings).mem_limit, '4G')
