"""Tries to get by a profile what its admin did not offer, and profiles that hinder the hub by themselves."""

import asyncio
import threading
import types
from unittest import mock

import swarmspawner_profiles
from jupyterhub import orm
from swarmspawner import MISCONFIGURED, SpawnFailed
from test_profiles import PROFILES, ProfilesTestCase
from tornado import web

LARGE = 'x' * 2**20


def typed_profile(override, **unlisted):
    """Returns the only profile of a list: its option `x` has a choice, and takes what a user types."""
    unlisted = {'enabled': True, 'override': override, **unlisted}
    option = {'choices': {'a': {'override': {'image': 'lab/a'}}}, 'unlisted_choice': unlisted}
    return [{'display_name': 'p', 'profile_options': {'x': option}}]


class Remembered(ProfilesTestCase):
    """The hub's database has slugs, and what a user typed: nothing else, and nothing large."""

    async def test_what_is_typed_beside_another_choice_is_refused(self):
        spawner = self.make('physics')
        await self.request(spawner, {'profile': 'small'})
        for typed in (LARGE, {'a': LARGE}, [], {}, 0, False, '', 'quay.io/lab/x:1'):
            options = {'profile': 'gpu-1-card', 'image': 'py', 'image--unlisted-choice': typed}
            with self.subTest(str(typed)[:20]):
                failure = await self.refusal(spawner, options)
                self.assertEqual(failure.status_code, 400)
                self.assertEqual(spawner.orm_spawner.user_options, {'profile': 'small'})

    async def test_what_is_no_text_is_not_taken_for_nothing(self):
        spawner = self.make('physics')
        for typed in ([], {}, 0, False, ''):
            failure = await self.refusal(spawner, {'profile': 'gpu-1-card', 'image--unlisted-choice': typed})
            self.assertEqual(failure.status_code, 400)

    async def test_a_form_without_scripts_sends_a_text_beside_a_choice_and_the_choice_holds(self):
        prefix = 'profile-option-gpu-1-card--image'
        fields = {'profile': ['gpu-1-card'], prefix: ['py'], f'{prefix}--unlisted-choice': [LARGE]}
        options = await self.make('physics').run_options_from_form(fields)
        self.assertEqual(options, {'profile': 'gpu-1-card', 'image': 'py'})

    async def test_a_field_that_is_left_empty_is_told_as_one(self):
        failure = await self.refusal(self.make('physics'), {'profile': 'gpu-1-card', 'image': 'unlisted-choice'})
        self.assertIn('type a value. An image of quay.io/lab', str(failure))

    async def test_each_server_has_the_choice_of_its_own(self):
        first = self.make('physics', username='grace')
        await self.request(first, {'profile': 'gpu-1-card', 'image': 'py'})
        second = self.make(username='heidi')
        self.assertEqual((await self.request(second))['profile']['slug'], 'small')
        # From JupyterHub 6 on, a server is in the database before its spawner is made.
        first.user.db.add(orm.Spawner(name='lab', user=first.user.orm_user))
        first.user.db.commit()
        named = first.user.get_spawner('lab')
        self.assertEqual((await self.request(named))['profile']['slug'], 'small')
        self.assertEqual((await self.request(first))['profile']['choices'][0]['choice'], 'py')

    async def test_what_is_no_object_is_refused_and_not_remembered(self):
        spawner = self.make()
        await self.request(spawner, {'profile': 'small'})
        for options in ([{'profile': 'small'}], ['profile'], 'small', 7, [['profile', 'small']]):
            self.script()
            with self.assertRaises(SpawnFailed) as raised:
                await self.prepare(spawner, options)
                await spawner.start()
            self.assertEqual((raised.exception.status_code, raised.exception.code), (400, 'not_allowed'))
            self.assertEqual(spawner.orm_spawner.user_options, {'profile': 'small'})
            await spawner.stop()
        # A hub may have such a thing from before.
        spawner.user_options = 'small'
        self.script(RuntimeError())
        spawner.profile_list = [*PROFILES, {'display_name': 'Other'}]
        self.assertIn('value="other"', await spawner.get_options_form())


class Typed(ProfilesTestCase):
    """What a user types in place of a choice."""

    config = {}

    async def value(self, typed, override=None, **unlisted):
        profiles = typed_profile(override or {'image': '{value}'}, **unlisted)
        data = await self.request(self.make(config={'profile_list': profiles}), {'x--unlisted-choice': typed})
        return data['profile']['choices'][0]['value']

    async def refused(self, typed, **unlisted):
        spawner = self.make(config={'profile_list': typed_profile({'image': '{value}'}, **unlisted)})
        self.assertEqual((await self.refusal(spawner, {'x--unlisted-choice': typed})).status_code, 400)

    async def test_classes_of_a_regex_are_ascii(self):
        regex = r'(?i)lab/k\w+:\d+'
        self.assertEqual(await self.value('lab/kit:12', validation_regex=regex), 'lab/kit:12')
        for typed in ('lab/kit:\u0661\u0662', 'lab/kit:\uff11', 'lab/k\u00efte:1', 'lab/\u212ait:1'):
            await self.refused(typed, validation_regex=regex)

    async def test_a_regex_may_ask_for_all_alphabets(self):
        self.assertEqual(await self.value('\u00dcbung\u0661', validation_regex=r'(?u)\w+'), '\u00dcbung\u0661')

    async def test_a_line_end_does_not_match_a_dollar(self):
        for typed in ('lab/x\nevil', 'evil\nlab/x', 'lab/x\r', 'lab/x\u2028evil', 'lab/x\x85'):
            await self.refused(f'{typed}\n.', validation_regex=r'^lab/x$')
            await self.refused(f'{typed}\n.', validation_regex=r'(?ms)^lab/x$.*')

    async def test_without_a_regex_a_text_does_not_lead_out_of_a_directory(self):
        for typed in ('a/../../etc', 'a/..', 'a..', 'a/./b/..'):
            await self.refused(typed)
        self.assertEqual(await self.value('quay.io/a.b/c:1.2'), 'quay.io/a.b/c:1.2')

    async def test_comparisons_of_one_user_keep_others_waiting_for_a_bounded_time(self):
        begun, free = [], threading.Event()

        def compare(regex, value):
            begun.append(value)
            return free.wait(30)

        self.patch(mock.patch.object(swarmspawner_profiles, '_matches', compare))
        many = [asyncio.ensure_future(swarmspawner_profiles.matches('x', f'{n}', 'mallory')) for n in range(50)]
        await asyncio.sleep(0)
        other = asyncio.ensure_future(swarmspawner_profiles.matches('x', 'of alice', 'alice'))
        await asyncio.sleep(0)
        free.set()
        self.assertTrue(await other)
        self.assertEqual(sum(await asyncio.gather(*many)), swarmspawner_profiles.MATCHES_OF_USER)
        self.assertEqual(len(begun), swarmspawner_profiles.MATCHES_OF_USER + 1)
        self.assertTrue(await swarmspawner_profiles.matches('x', 'again', 'mallory'))

    async def test_a_machine_without_room_for_a_process_refuses(self):
        with mock.patch.object(swarmspawner_profiles.subprocess, 'run', side_effect=BlockingIOError(11, 'fork')):
            await self.refused('lab/x')

    async def test_what_jupyterhub_reads_itself_has_the_text_too(self):
        override = {'default_url': '/lab/tree/{value}', 'args': ['--x={value}'], 'env': {'X': '{value}'}}
        spawner = self.make(config={'profile_list': typed_profile(override)})
        data = await self.request(spawner, {'x--unlisted-choice': 'course.1'})
        self.assertEqual((spawner.default_url, data['args'][-1]), ('/lab/tree/course.1', '--x=course.1'))
        self.assertEqual(data['profile']['choices'][0]['override'], {'env': {'X': '{value}'}})
        self.assertIn('course.1', str(data['env']))


class Functions(ProfilesTestCase):
    """A function of the admin that is given the spawner."""

    config = {}

    def raising(self, error):
        def function(spawner):
            raise error

        return self.make(config={'profile_list': function})

    async def test_one_that_fails_is_the_admins_to_correct(self):
        for error in (KeyError('secret'), RuntimeError('x' * 10**6), RecursionError(), asyncio.TimeoutError()):
            spawner = self.raising(error)
            failure = await self.refusal(spawner, {})
            self.assertEqual((str(failure), failure.status_code), (MISCONFIGURED, 500))
            self.assertIn(f'c.SwarmSpawner.profile_list: {type(error).__name__}', self.logged)
            with self.assertLogs(spawner.log, level='ERROR'), self.assertRaises(SpawnFailed):
                await spawner.get_options_form()

    async def test_one_may_refuse_in_its_own_words(self):
        spawner = self.raising(web.HTTPError(403, 'no course for you'))
        with self.assertRaises(web.HTTPError) as raised:
            await self.prepare(spawner, {})
            await spawner.start()
        self.assertEqual(raised.exception.log_message, 'no course for you')

    async def test_one_that_does_not_end_ends_the_start(self):
        async def forever(spawner):
            await asyncio.get_running_loop().create_future()

        self.patch(mock.patch.object(swarmspawner_profiles, 'FUNCTION_SECONDS', 0.01))
        failure = await self.refusal(self.make(config={'profile_list': forever}), {})
        self.assertEqual(str(failure), MISCONFIGURED)
        self.assertIn('c.SwarmSpawner.profile_list: has not answered within 0.01 seconds', self.logged)

    async def test_one_that_is_not_async_and_stops_the_hub_is_told(self):
        def slow(spawner):
            now[0] += 3
            return [{'display_name': 'x'}]

        now = [0]
        clock = types.SimpleNamespace(monotonic=lambda: now[0])
        self.patch(mock.patch.object(swarmspawner_profiles, 'time', clock))
        spawner = self.make(config={'profile_list': slow})
        with self.assertLogs(spawner.log, 'WARNING') as logs:
            await swarmspawner_profiles.offered(spawner)
        self.assertIn('profile_list has stopped the whole hub for 3.0 seconds; make it async', logs.output[0])

    async def test_what_is_added_to_a_setting_of_one_start_reaches_no_other(self):
        profiles = [{'display_name': 'x', 'override': {'args': ['--a']}}]
        for name in ('alice', 'bob'):
            spawner = self.make(username=name, config={'profile_list': lambda _: profiles})
            self.assertEqual((await self.request(spawner))['args'][-1], '--a')
            spawner.args.append('--of-alice')
        self.assertEqual(profiles[0]['override'], {'args': ['--a']})

    async def test_what_is_no_list_is_named(self):
        for value in (iter([{'display_name': 'x'}]), {'display_name': 'x'}, 'small', 7, [['x']], [{}] * 1000):
            spawner = self.make(config={'profile_list': lambda _, value=value: value})
            self.assertEqual(str(await self.refusal(spawner, {})), MISCONFIGURED)


class Amounts(ProfilesTestCase):
    async def test_a_refusal_stays_short_whatever_there_is_to_choose(self):
        many = {f'{index}-{"c" * 250}': {} for index in range(200)}
        profiles = [
            {'display_name': f'{index}', 'slug': f'{index}-{"p" * 50}', 'profile_options': {'o': {'choices': many}}}
            for index in range(200)
        ]
        spawner = self.make(config={'profile_list': profiles})
        for options in ({'profile': 'x'}, {'o': 'x'}, {LARGE: 'x'}):
            self.assertLess(len(str(await self.refusal(spawner, options))), 2000)

    async def test_names_of_pythons_and_javascripts_own_are_names(self):
        spawner = self.make('physics')
        for name in ('__proto__', '__class__', 'constructor', 'toString', 'hasOwnProperty', '__dict__'):
            for options in ({name: {'image': 'x'}}, {'profile': name}, {'profile': 'gpu-1-card', 'image': name}):
                self.assertEqual((await self.refusal(spawner, options)).status_code, 400)


class Mistakes(ProfilesTestCase):
    """Typing errors of an admin that would make a profile do something else than it says."""

    config = {}

    async def test_each_is_named(self):
        def choices(choices):
            return [{'display_name': 'x', 'profile_options': {'x': {'choices': choices}}}]

        for profiles, sentence in (
            ([{'display_name': 'x', 'default': 1}], '`default` must be True or False'),
            ([{'display_name': 'x', 'override': 0}], 'override must be a dict'),
            ([{'display_name': 'x', 'override': []}], 'override must be a dict'),
            ([{'display_name': 'x', 'profile_options': []}], '`profile_options` must be a dict'),
            (choices({' a': {}}), 'the name of a choice must be'),
            (choices([]), '`choices` must be a dict'),
            (
                [{'display_name': 'x', 'profile_options': {'unlisted-choice': {'choices': {'a': {}}}}}],
                'the name of an option must be',
            ),
            (typed_profile({'image': '{Value}'}), 'nothing in `override` has {value}'),
            (typed_profile({}), 'nothing in `override` has {value}'),
            (typed_profile({'env': {'A': '{{value}}'}}), 'write {value} with one brace on each side'),
            (typed_profile({'image': '{value}'}, validation_regex='(?u)(?a)x'), 'is not a regular expression'),
        ):
            with self.subTest(sentence):
                spawner = self.make(config={'profile_list': profiles})
                self.assertEqual(str(await self.refusal(spawner, {})), MISCONFIGURED)
                self.assertIn(sentence, self.logged)


class Limits(ProfilesTestCase):
    async def test_the_limits_that_jupyterhub_tells_a_server_are_those_of_the_profile(self):
        profiles = [
            {'display_name': 'a', 'override': {'mem_limit': '4G', 'cpu_limit': 2, 'mem_guarantee': '1G'}},
            {'display_name': 'b', 'override': {'mem_limit': None}},
            {'display_name': 'c'},
        ]
        spawner = self.make(config={'profile_list': profiles, 'mem_limit': '1G', 'cpu_limit': 1})
        for slug, memory, cpus in (('a', str(4 * 2**30), '2'), ('b', None, '1'), ('c', str(2**30), '1')):
            env = (await self.request(spawner, {'profile': slug}))['env']
            self.assertEqual((env.get('MEM_LIMIT'), env.get('CPU_LIMIT')), (memory, f'{cpus}.0'))


class Secrets(ProfilesTestCase):
    async def test_the_form_and_the_log_show_nothing_of_an_override(self):
        override = {'env': {'TOKEN': 'hunter2'}, 'image': 'lab/hunter2'}
        profiles = [{**one, 'override': override, 'groups': None} for one in PROFILES]
        spawner = self.make(config={'profile_list': profiles})
        self.script(types.SimpleNamespace())
        self.assertNotIn('hunter2', await spawner.get_options_form())
        profiles[0] = {**profiles[0], 'override': {**override, 'x': 'hunter2'}}
        await self.refusal(self.make(config={'profile_list': profiles}), {})
        self.assertNotIn('hunter2', self.logged)
