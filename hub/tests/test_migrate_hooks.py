"""`migrate`: hooks, classes of an admin's own, and what only a function knew."""

import asyncio
import types

from migrate_support import DOCKER, IMAGE, SWARM, MigrateTestCase

HEAD = DOCKER + IMAGE + "c.DockerSpawner.volumes = {'home-{username}': '/home'}\n"


class Hooks(MigrateTestCase):
    def spawner_after(self, body, head=HEAD):
        """Returns a spawner with the settings of the new file, after its hook has run."""
        indented = ''.join(f'    {line}\n' for line in body.splitlines())
        settings, names = self.settings(f'{head}def hook(spawner):\n{indented}c.DockerSpawner.pre_spawn_hook = hook\n')
        return run_hook(settings)

    def test_plain_assignments_of_hooks_set_ours(self):
        spawner = self.spawner_after(
            "spawner.image = 'own'\nspawner.network_name = 'net'\nspawner.mem_limit = '4G'\n"
            "spawner.volumes['data-{username}'] = '/data'\nspawner.environment.update({'A': 'b'})\n"
            "spawner.extra_create_kwargs.update({'user': 'root'})\nspawner.extra_host_config['cap_add'] = ['X']\n"
        )
        self.assertEqual(spawner.container_spec, {'image': 'own', 'user': 'root', 'cap_add': ['X']})
        self.assertEqual(spawner.mounts, ['home-{escaped_username}:/home', 'data-{escaped_username}:/data'])
        self.assertEqual((spawner.networks, spawner.mem_limit, spawner.environment), (['net'], '4G', {'A': 'b'}))

    def test_volumes_that_a_hook_sets_replace_those_of_the_configuration(self):
        spawner = self.spawner_after("spawner.volumes = {f'/nfs/{spawner.escaped_name}': '/home'}")
        self.assertEqual(spawner.mounts, ['/nfs/{escaped_username}:/home'])

    def test_read_only_volumes_stay_when_a_hook_sets_the_others(self):
        head = DOCKER + IMAGE + "c.DockerSpawner.read_only_volumes = {'/srv': '/data'}\n"
        spawner = self.spawner_after("spawner.volumes = {'a': '/a'}", head)
        self.assertEqual(spawner.mounts, ['/srv:/data:ro', 'a:/a'])

    def test_mounts_of_extra_container_spec_replace_the_volumes(self):
        head = SWARM + IMAGE + "c.SwarmSpawner.volumes = {'/a': '/a'}\nfrom docker.types import Mount\n"
        spawner = self.spawner_after(
            "spawner.extra_container_spec = {'mounts': [Mount('/h', '/nfs', type='bind')], 'user': '1:1'}", head
        )
        self.assertEqual(spawner.mounts, [{'target': '/h', 'source': '/nfs', 'type': 'bind'}])
        self.assertEqual(spawner.container_spec, {'image': 'lab', 'user': '1:1'})

    def test_what_cannot_be_rewritten_is_told_where_it_stands(self):
        made = self.new(
            HEAD
            + """\
def hook(spawner):
    spawner.volumes['a'].pop('b')
    print(spawner.volume_binds, spawner.escaped_name)
c.DockerSpawner.pre_spawn_hook = hook
"""
        )
        self.assertIn("and this change of it is not plain\n    spawner.volumes['a'].pop", made)
        self.assertIn('# migrate: spawner.volume_binds is read here, and nothing sets it any more\n', made)
        self.assertIn('# migrate: spawner.escaped_name is read here, and nothing sets it any more\n', made)

    def test_a_hook_is_known_by_its_setting_whatever_its_parameter_is_called(self):
        made = self.new(DOCKER + "def hook(s, auth_state):\n    s.image = 'x'\nc.Spawner.auth_state_hook = hook\n")
        self.assertIn("    s.container_spec['image'] = 'x'\n", made)

    def test_values_that_are_read_are_those_that_took_their_place(self):
        spawner = self.spawner_after(
            "spawner.environment['IMAGE'] = spawner.image\nspawner.image = spawner.image + ':1'"
        )
        self.assertEqual((spawner.environment, spawner.container_spec), ({'IMAGE': 'lab'}, {'image': 'lab:1'}))

    def test_limits_that_are_functions_are_asked_in_a_hook(self):
        settings, _ = self.settings(
            HEAD + "def limit(spawner):\n    return '4G'\nc.DockerSpawner.mem_limit = limit\n"
            'c.DockerSpawner.cpu_limit = lambda spawner: 2.5\n'
        )
        spawner = run_hook(settings)
        self.assertEqual((spawner.mem_limit, spawner.cpu_limit), ('4G', 2.5))

    def test_the_hook_of_the_old_file_runs_as_well(self):
        for kind in ('def', 'async def'):
            settings, _ = self.settings(
                HEAD + f"{kind} old(spawner):\n    spawner.volumes = {{'a-{{username}}': '/a'}}\n"
                'c.Spawner.pre_spawn_hook = old\nc.DockerSpawner.escape = lambda name: name.upper()\n'
            )
            self.assertEqual(run_hook(settings).mounts, ['a-ADA:/a'])

    def test_names_by_a_function_of_the_admins_own_are_the_old_ones(self):
        settings, _ = self.settings(HEAD + "c.DockerSpawner.escape = lambda name: name.replace('d', '\"')\n")
        self.assertEqual(run_hook(settings).mounts, ['home-a"a:/home'])

    def test_system_users_keep_their_id_and_home(self):
        settings, _ = self.settings("c.JupyterHub.spawner_class = 'dockerspawner.SystemUserSpawner'\n" + IMAGE)
        spawner = run_hook(settings, 'root')
        home = {'type': 'bind', 'source': '/home/{raw_username}', 'target': '/home/{raw_username}'}
        self.assertEqual(spawner.mounts, [home])
        self.assertEqual(spawner.container_spec, {'image': 'lab', 'user': '0:0', 'workdir': '/home/root'})
        self.assertEqual(spawner.environment['NB_USER'], 'root')


class Classes(MigrateTestCase):
    def test_a_class_of_an_admins_own_extends_ours(self):
        made = self.new(
            """\
            from dockerspawner import SwarmSpawner
            class Lab(SwarmSpawner):
                async def start(self):
                    self.image = 'x'
                    return await super().start()
                def create_object(self):
                    pass
                image = 'y'
            c.JupyterHub.spawner_class = Lab
            c.Lab.network_name = 'hub'
            c.Lab.mem_limit = '1G'
            """
        )
        self.assertIn('import swarmspawner\nclass Lab(swarmspawner.SwarmSpawner):\n', made)
        self.assertIn("        self.container_spec['image'] = 'x'\n", made)
        self.assertIn('    # migrate: nothing here calls create_object\n', made)
        self.assertIn("    # migrate: image is not a setting here; use c.SwarmSpawner.container_spec['image']\n", made)
        self.assertIn("c.SwarmSpawner.networks = ['hub']\nc.Lab.mem_limit = '1G'\n", made)
        self.assertNotIn('dockerspawner', made)


def run_hook(settings, name='ada'):
    """Returns a spawner with settings, after the hook of the settings has run."""
    defaults = {'container_spec': {}, 'environment': {}, 'mounts': [], 'networks': []}
    spawner = types.SimpleNamespace(user=types.SimpleNamespace(name=name), **{**defaults, **settings})
    hook = getattr(spawner, 'pre_spawn_hook', None)
    result = hook(spawner) if hook else None
    if asyncio.iscoroutine(result):
        asyncio.run(result)
    return spawner
