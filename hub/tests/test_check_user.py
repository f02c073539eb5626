"""`check --user` runs the hooks as a hub does, and asks the service about the server. It starts and stops nothing."""

import json
import os
import subprocess
from unittest import mock

from check_support import RIGHT, UNCHECKED, WARNING, CheckTestCase, said
from support import HUB_VERSION, NODE, NODE_IS_THERE, PROGRAM, Process, ServedTestCase, needs
from swarmspawner import Service

HOOK = 'def hook(spawner, auth_state=None):\n    {}\n\nc.SwarmSpawner.{} = hook\n'


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class ServedCheck(CheckTestCase, ServedTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = Process('serve', until='listening on ([^"]+)', env=cls.env)
        cls.addClassCleanup(cls.service.end)

    async def asyncSetUp(self):
        await super().asyncSetUp()
        os.environ['SWARMSPAWNER_URL'] = self.service.found

    def run_program(self, *command):
        env = {'PATH': os.environ['PATH'], **self.env}
        done = subprocess.run([NODE, str(PROGRAM), *command], env=env, check=True, capture_output=True, text=True)
        return done.stdout

    async def about_alice(self, text, *arguments, level='problem'):
        return said(await self.report(RIGHT + text, '--user', 'alice', *arguments), level)


class Users(ServedCheck):
    async def test_a_server_that_would_start_is_ready_and_is_not_started(self):
        self.assertEqual(await self.about_alice(''), [])
        self.assertEqual(self.last.verdict, 'Ready: nothing is in the way of the server of alice')
        self.assertEqual((self.last.exit_code, self.last.unasked), (0, None))
        self.assertEqual(self.last.service_name, 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1')
        await self.about_alice('', '--server', 'lab')
        self.assertEqual(self.last.service_name, 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-lab')
        self.assertNotIn('jupyter-', self.run_program('ls'))

    async def test_what_hooks_set_is_asked_about(self):
        for hook in ('pre_spawn_hook', 'auth_state_hook'):
            with self.subTest(hook):
                lines = await self.about_alice(HOOK.format('spawner.networks = ["nowhere"]', hook))
                self.assertEqual(lines, [(7, 'c.SwarmSpawner.networks.0: network nowhere does not exist')])
        hook = HOOK.format('spawner.mounts.append("a:/{usernam}")', 'pre_spawn_hook')
        lines = await self.about_alice(f'c.SwarmSpawner.mounts = ["b:/b"]\n{hook}')
        self.assert_says(lines, 6, 'c.SwarmSpawner.mounts.1: {usernam} is not a placeholder')

    async def test_an_attribute_that_a_hook_sets_has_the_line_of_the_hook(self):
        lines = await self.about_alice(HOOK.format('spawner.image = "x"\n    spawner.remove = True', 'pre_spawn_hook'))
        self.assert_says(lines, 7, "spawner.image is not a setting of SwarmSpawner, but of dockerspawner; use spawner.")
        self.assert_says(said(self.last, WARNING), 8, 'spawner.remove has no effect')
        self.write('def hook(spawner):\n    spawner.volumes = {}\n', 'hooks_of_the_admin.py')
        text = f'import sys\nsys.path.insert(0, {str(self.directory)!r})\nimport hooks_of_the_admin\n'
        await self.about_alice(text + 'c.Spawner.pre_spawn_hook = hooks_of_the_admin.hook\n')
        self.assertEqual([str(one.place) for one in self.last.of('problem')], ['hooks_of_the_admin.py:2'])

    async def test_the_profile_that_a_user_takes_is_asked_about(self):
        gpu = {'display_name': 'GPU', 'groups': ['physics'], 'override': {'networks': ['nowhere']}}
        text = f'c.SwarmSpawner.profile_list = [{{"display_name": "Small"}}, {gpu}]\n'
        self.assertEqual(await self.about_alice(text), [])
        chosen = '--options', '{"profile": "gpu"}'
        lines = await self.about_alice(text, '--group', 'physics', *chosen)
        self.assertEqual(lines, [(6, 'profile gpu.networks.0: network nowhere does not exist')])
        lines = await self.about_alice(text, *chosen)
        self.assertEqual(lines, [(6, 'alice: There is no profile gpu for you. Your profiles: small')])

    async def test_a_setting_and_a_hook_that_say_the_same_have_their_own_lines(self):
        hook = HOOK.format('spawner.image = "x"', 'pre_spawn_hook')
        lines = await self.about_alice(f'c.SwarmSpawner.image = "x"\n{hook}')
        self.assert_says(lines, 6, 'c.SwarmSpawner.image is not')
        self.assert_says(lines, 8, 'spawner.image is not')

    async def test_a_hook_that_fails_is_named_and_stops_no_server_that_runs(self):
        hook = HOOK.format('{}["key of the hook"]', 'pre_spawn_hook')
        hook += 'def stopped(spawner):\n    open("stopped", "w")\n\nc.Spawner.post_stop_hook = stopped\n'
        with mock.patch.object(Service, 'call', side_effect=AssertionError('no call')) as call:
            lines = await self.about_alice(hook)
        self.assertEqual(lines, [(7, "the start of the server fails: KeyError: 'key of the hook'")])
        self.assert_says([(None, self.last.unasked)], None, 'the start fails before it is asked')
        call.assert_not_called()
        self.assertFalse((self.directory / 'stopped').exists())
        self.assertEqual(self.last.exit_code, 1)

    async def test_a_hook_that_needs_what_could_not_be_imported_is_named(self):
        hook = HOOK.format('spawner.mounts = [no_such_module.Mount()]', 'pre_spawn_hook')
        lines = await self.about_alice(f'import no_such_module\n{hook}')
        needs = 'it needs no_such_module, which jupyterhub_config.py:6 did not define'
        self.assert_says(lines, 8, f'the start of the server fails: {needs}')

    async def test_a_hook_does_not_show_values(self):
        os.environ['NOT_SHOWN'] = 'hunter2'
        for fails in (
            'raise ValueError(os.environ["NOT_SHOWN"])',
            'spawner.mem_limit = os.environ["NOT_SHOWN"]',
            'spawner.networks = {"hunter2"}',
            'raise os.error(2, os.environ["NOT_SHOWN"])',
        ):
            lines = await self.about_alice('import os\n' + HOOK.format(fails, 'pre_spawn_hook'))
            self.assert_says(lines, 8, 'the start of the server fails')
            self.assertNotIn('hunter', str(lines))

    async def test_hooks_see_the_groups_and_the_options_of_the_user(self):
        assertions = (
            'assert sorted(g.name for g in spawner.user.groups) == ["gpu", "staff"]\n    '
            'assert spawner.user_options == {"a": 1}'
        )
        seen = HOOK.format(assertions, 'pre_spawn_hook')
        options = '--options', '{"a": 1}', '--group', 'gpu', '--group', 'staff'
        self.assertEqual(await self.about_alice(seen, *options), [])
        self.assert_says(await self.about_alice(seen), 7, 'AssertionError')
        # Hubs before 4 take lists only.
        gpu = ['alice'] if HUB_VERSION < (4, 0) else {'users': ['alice']}
        groups = f'c.JupyterHub.load_groups = {dict(gpu=gpu, staff=["alice", "bob"], other=["bob"])}\n'
        self.assertEqual(await self.about_alice(f'{seen}{groups}', *options[:2]), [])

    # JupyterHub has apply_user_options and group_overrides from 5.3 on.
    if HUB_VERSION >= (5, 3):

        async def test_what_jupyterhub_applies_before_hooks_is_applied(self):
            override = {'groups': ['gpu'], 'spawner_override': {'networks': ['nowhere']}}
            text = f'c.Spawner.group_overrides = {dict(a=override)}\n'
            self.assertEqual(await self.about_alice(text), [])
            self.assert_says(await self.about_alice(text, '--group', 'gpu'), 4, 'network nowhere does not exist')
            apply = HOOK.format('spawner.networks = auth_state["n"]', 'apply_user_options')
            lines = await self.about_alice(apply, '--options', '{"n": ["nowhere"]}')
            self.assert_says(lines, 7, 'network nowhere does not exist')

    async def test_options_are_judged_by_the_policy_or_have_no_effect(self):
        options = '--options', json.dumps({'privileged': True})
        lines = await self.about_alice('c.SwarmSpawner.use_user_options = True\n', *options)
        self.assert_says(lines, None, 'user_options.privileged: not a setting')
        self.assertEqual(await self.about_alice('', *options), [])
        warned = said(self.last, WARNING)
        self.assert_says(warned, None, 'alice: its options have no effect')

    async def test_what_the_policy_refuses_and_what_is_in_the_way_has_its_line(self):
        lines = await self.about_alice(
            'c.SwarmSpawner.mounts = [\n    "/etc:/etc",\n]\nc.SwarmSpawner.placement = ["node.labels.no == where"]\n'
            'c.SwarmSpawner.labels = {"com.docker.x": "y"}\n'
        )
        for line, words in (
            (7, 'c.SwarmSpawner.mounts.0: '),
            (9, 'c.SwarmSpawner.placement: no node meets'),
            (10, 'c.SwarmSpawner.labels.com.docker.x: not allowed by the policy'),
        ):
            self.assert_says(lines, line, words)
        lines = await self.about_alice('c.Spawner.environment = {"a=b": "hunter2"}\n')
        self.assertEqual(len(lines), 1)
        self.assert_says(lines, 6, 'c.Spawner.environment: the name of a variable must not be empty')

    async def test_a_server_that_no_node_has_room_for_is_told(self):
        lines = await self.about_alice('c.SwarmSpawner.mem_guarantee = "900T"\n')
        self.assertEqual(len(lines), 1)
        self.assert_says(lines, 6, 'of memory are reserved, and the largest node')

    async def test_a_part_of_a_setting_has_its_own_line(self):
        text = (
            'c.SwarmSpawner.container_spec = {\n    "image": "demo/notebook",\n    "labels": {\n'
            '        "traefik.enable": "1",\n    },\n    "mounts": [\n        "a:/a",\n        dict(\n'
            '            source="b",\n            target="/{usernam}",\n        ),\n    ],\n    "nothing": 1,\n}\n'
        )
        self.assert_says(await self.about_alice(text), 18, 'c.SwarmSpawner.container_spec.nothing: not a setting')
        lines = await self.about_alice(text.replace('"nothing": 1,', ''))
        self.assert_says(lines, 15, 'c.SwarmSpawner.container_spec.mounts.1.target: {usernam} is not a placeholder')
        lines = await self.about_alice(
            'name = "x"\nc.SwarmSpawner.labels = {\n    name: "y",\n    "com.docker.x": "y",\n}\n'
            'c.SwarmSpawner.networks = ["jupyterhub"] + [\n    "nowhere",\n]\n'
        )
        self.assert_says(lines, 9, 'c.SwarmSpawner.labels.com.docker.x: not allowed')
        self.assert_says(lines, 11, 'c.SwarmSpawner.networks.1: network nowhere does not exist')

    async def test_another_spawner_is_not_run(self):
        own = (
            'from jupyterhub.spawner import Spawner\nclass ProfilesSpawner(Spawner):\n    stop = poll = None\n'
            '    def start(self):\n        open("started", "w")\nc.JupyterHub.spawner_class = ProfilesSpawner\n'
        )
        self.assertEqual(await self.about_alice(own), [])
        self.assert_says(said(self.last, UNCHECKED), None, 'what ProfilesSpawner itself does: it is not run')
        self.assertFalse((self.directory / 'started').exists())

    async def test_a_class_hooks_of_the_admins_own_is_started_as_it_is(self):
        own = (
            'from swarmspawner import SwarmSpawner\n'
            'class Own(SwarmSpawner):\n    async def start(self):\n        self.volumes = {}\n'
            '        return await super().start()\n'
            'c.JupyterHub.spawner_class = Own\n'
        )
        self.assert_says(await self.about_alice(own), 9, 'spawner.volumes is not a setting')
        never = own.replace('return await super().start()', 'return "http://x"')
        self.assert_says(await self.about_alice(never), None, 'Own.start has not called the start of SwarmSpawner')

    async def test_an_authenticator_hooks_of_the_admins_own_runs_before_the_hooks(self):
        text = (
            'from jupyterhub.auth import Authenticator\nclass Own(Authenticator):\n'
            '    def pre_spawn_start(self, user, spawner):\n        spawner.networks = ["nowhere"]\n'
            'c.JupyterHub.authenticator_class = Own\n'
        )
        self.assert_says(await self.about_alice(text), 9, 'network nowhere does not exist')

    async def test_names_of_users_may_be_anything(self):
        for name in ('Ünï@x.org', '-rf', 'a' * 200, '../..', 'x y', '{username}', '🚀'):
            report = await self.report(RIGHT, f'--user={name}')
            self.assertEqual((said(report), report.exit_code), ([], 0), name)


class WithoutAUser(ServedCheck):
    async def test_what_the_service_refuses_for_all_users_is_in_the_way(self):
        lines = said(await self.report(f'{RIGHT}c.SwarmSpawner.container_spec = {{"image": "x", "imag": "y"}}\n'))
        self.assert_says(lines, 6, 'c.SwarmSpawner.container_spec.imag: not a setting')
        self.assertEqual(self.last.exit_code, 1)

    async def test_what_a_hook_or_a_user_may_yet_change_is_a_warning(self):
        image = 'c.SwarmSpawner.container_spec = {}\n'
        hook = HOOK.format('spawner.container_spec = {"image": "x"}', 'pre_spawn_hook')
        for more in (hook, 'c.SwarmSpawner.use_user_options = True\n'):
            report = await self.report(f'{RIGHT}{image}{more}')
            self.assertEqual((said(report), report.exit_code), ([], 0))
            self.assert_says(said(report, WARNING), 6, 'container_spec.image: is missing')
        self.assertEqual(said(await self.report(RIGHT + image))[0][0], 6)

    async def test_hooks_are_not_run_and_that_is_said(self):
        report = await self.report(RIGHT + HOOK.format('raise AssertionError', 'pre_spawn_hook'))
        self.assertEqual(said(report), [])
        self.assert_says(said(report, UNCHECKED), None, '--user NAME runs them')


class Service_(CheckTestCase):
    """The service cannot be asked, or does not answer."""

    async def test_without_a_service_all_users_are_checked_and_one_user_is_not_known(self):
        os.environ['SWARMSPAWNER_URL'] = 'http://127.0.0.1:1'
        report = await self.report(RIGHT)
        self.assertEqual((report.exit_code, said(report)), (0, []))
        self.assertIn('http://127.0.0.1:1', report.unasked)
        report = await self.report(RIGHT, '--user', 'alice')
        self.assertEqual((report.exit_code, said(report)), (2, []))
        self.assertEqual(report.verdict, 'Not known: the service could not be asked about the server of alice')
        report = await self.report(f'{RIGHT}c.SwarmSpawner.netwerks = []', '--user', 'alice')
        self.assertEqual(report.exit_code, 1)

    async def test_without_a_secret_it_is_not_asked(self):
        os.environ['SWARMSPAWNER_SECRET'] = 'hunter2'
        with mock.patch.object(Service, 'call', side_effect=AssertionError('no call')):
            report = await self.report(RIGHT, '--user', 'alice')
        self.assertEqual(len(said(report)), 1)
        self.assertIn('c.SwarmSpawner.service_secret must be', said(report)[0][1])
        self.assertNotIn('hunter2', str(said(report)))

    async def test_an_answer_that_is_no_answer_is_told(self):
        for answer in ({}, {'policy': 1, 'obstacles': [1], 'warnings': {}}, {'policy': [{'verdict': 'refused'}]}):
            with mock.patch.object(Service, 'call', return_value=answer):
                report = await self.report(RIGHT, '--user', 'alice')
            self.assertEqual(said(report), [])

    async def test_a_server_that_has_to_wait_for_room_is_warned_of(self):
        for fits, code, level in (('later', 0, WARNING), ('never', 1, 'problem')):
            answer = {'fits': fits, 'room': {'reason': 'gpu: 0 of 4 free'}}
            with mock.patch.object(Service, 'call', return_value=answer):
                report = await self.report(RIGHT, '--user', 'alice')
            self.assertEqual(report.exit_code, code)
            self.assert_says(said(report, level), None, 'The nodes have no room for the server: gpu: 0 of 4 free')
