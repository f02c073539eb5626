"""Profiles: what an admin may write, what a user may take, and what a start sends of it."""

import asyncio
import copy
import json
import sys
import time
import types
from unittest import mock

import swarmspawner
import swarmspawner_profiles
from jupyterhub import orm
from support import SECRET, URL, ScriptedTestCase, state_of
from swarmspawner import MISCONFIGURED, Refused, SpawnFailed, SwarmSpawner
from swarmspawner_profiles import Misconfigured, NotAllowed
from traitlets.config import Config

PROFILES = [
    {
        'display_name': 'Small',
        'description': 'For <b>everyone</b>',
        'slug': 'small',
        'default': True,
        'override': {'mem_limit': '1G', 'env': {'SIZE': 's', 'GONE': None}},
    },
    {
        'display_name': 'GPU (1 card)',
        'groups': ['physics'],
        'users': ['grace'],
        'override': {'generic_resources': {'gpu': 1}, 'start_timeout': 300, 'default_url': '/lab'},
        'profile_options': {
            'image': {
                'display_name': 'Image',
                'choices': {
                    'py': {'display_name': 'Python', 'override': {'image': 'lab/py'}},
                    'r': {'display_name': 'R', 'default': True, 'override': {'image': 'lab/r', 'cmd': None}},
                },
                'unlisted_choice': {
                    'enabled': True,
                    'display_name': 'Another image',
                    'validation_regex': 'quay.io/lab/[a-z]+:[0-9]+',
                    'validation_message': 'An image of quay.io/lab, with a number as tag.',
                    'override': {'image': '{value}'},
                },
            },
        },
    },
]


class ProfilesTestCase(ScriptedTestCase):
    config = {'profile_list': PROFILES}

    def make(self, *groups, username='alice', **more):
        spawner = self.make_spawner(username, **more)
        for name in groups:
            row = self.db.query(orm.Group).filter_by(name=name).first() or orm.Group(name=name)
            self.db.add(row)
            row.users.append(spawner.user.orm_user)
        self.db.commit()
        return spawner

    async def prepare(self, spawner, options=None, handler=None):
        """Does what a hub does before it calls start."""
        spawner.handler = handler
        if options is not None:
            spawner.orm_spawner.user_options = options
            self.db.commit()
        spawner.user_options = spawner.orm_spawner.user_options or {}
        spawner.clear_state()
        spawner.api_token = 'token'
        await spawner.run_pre_spawn_hook()

    async def request(self, spawner, options=None, handler=None):
        """Starts a server. Returns the data of its start."""
        service = self.script(state_of('running'))
        await self.prepare(spawner, options, handler)
        await spawner.start()
        return service.sent('start')[0]

    async def refusal(self, spawner, options, handler=None):
        """Returns the failure of a start with these options, which must not call the service."""
        service = self.script()
        with self.assertLogs(spawner.log, level='WARNING') as logs, self.assertRaises(SpawnFailed) as raised:
            await self.prepare(spawner, options, handler)
            await spawner.start()
        self.logged = '\n'.join(logs.output)
        await spawner.stop()
        self.assertEqual(service.verbs, [])
        return raised.exception


class Start(ProfilesTestCase):
    async def test_nothing_chosen_is_the_default_profile(self):
        data = await self.request(self.make(), {})
        self.assertEqual(data['profile'], {
            'slug': 'small',
            'override': {'mem_limit': '1G', 'env': {'SIZE': 's', 'GONE': None}},
            'choices': [],
        })
        self.assertNotIn('user_options', data)

    async def test_a_profile_and_a_choice_are_sent_by_their_slugs(self):
        spawner = self.make('physics')
        data = await self.request(spawner, {'profile': 'gpu-1-card', 'image': 'py'})
        self.assertEqual(data['profile'], {
            'slug': 'gpu-1-card',
            'override': {'generic_resources': {'gpu': 1}},
            'choices': [{'option': 'image', 'choice': 'py', 'override': {'image': 'lab/py'}}],
        })

    async def test_a_quota_is_sent_with_its_profile(self):
        quota = {'servers': 8, 'cpus': 1.5, 'memory': '64G', 'generic': {'gpu': 8}}
        quota = {**quota, 'user': {'servers': 1}, 'groups': {'course': {'memory': 2**30}}}
        given = {'profile_list': [{**PROFILES[0], 'quota': quota, 'max_runtime': '1h30m'}, PROFILES[1]]}
        data = await self.request(self.make(config=given), {'profile': 'small'})
        self.assertEqual(data['profile']['quota'], quota)
        self.assertEqual(data['profile']['max_runtime'], '1h30m')

    async def test_an_option_that_is_not_chosen_has_its_default(self):
        data = await self.request(self.make('physics'), {'profile': 'gpu-1-card'})
        self.assertEqual(data['profile']['choices'][0]['choice'], 'r')

    async def test_what_jupyterhub_reads_itself_is_set_for_one_start(self):
        spawner = self.make('physics', config={'start_timeout': 60, 'cmd': ['x']})
        data = await self.request(spawner, {'profile': 'gpu-1-card'})
        self.assertEqual((data['start_timeout'], spawner.default_url, data['cmd']), (300, '/lab', []))
        data = await self.request(spawner, {'profile': 'small'})
        self.assertEqual((data['start_timeout'], spawner.default_url, data['cmd']), (60, '', ['x']))

    async def test_the_hub_reads_the_start_timeout_of_the_profile(self):
        spawner = self.make('physics')
        await self.prepare(spawner, {'profile': 'gpu-1-card'})
        # The hub reads it after the hooks, and before start has done anything.
        self.assertEqual(spawner.start_timeout, 300)

    async def test_the_variables_of_the_hubs_configuration_make_room(self):
        env = {'SIZE': 'of the hub', 'GONE': 'x', 'STAYS': 'x'}
        data = await self.request(self.make(config={'environment': env}), {})
        self.assertEqual(data['env']['STAYS'], 'x')
        self.assertFalse({'SIZE', 'GONE'} & set(data['env']))
        self.assertIn('JUPYTERHUB_API_TOKEN', data['env'])

    async def test_a_profile_takes_no_variable_of_the_hub_itself(self):
        profile = {'display_name': 'x', 'override': {'env': {'JUPYTERHUB_API_TOKEN': None}}}
        for override in (profile['override'], {'env': None}):
            spawner = self.make(config={'profile_list': [{**profile, 'override': override}]})
            data = await self.request(spawner, {})
            self.assertEqual(data['env']['JUPYTERHUB_API_TOKEN'], 'token')

    async def test_a_typed_image_is_sent_as_what_it_is(self):
        spawner = self.make('physics')
        options = {'profile': 'gpu-1-card', 'image--unlisted-choice': 'quay.io/lab/x:1'}
        for more in ({}, {'image': 'unlisted-choice'}):
            data = await self.request(spawner, {**options, **more})
            self.assertEqual(data['profile']['choices'], [
                {'option': 'image', 'value': 'quay.io/lab/x:1', 'override': {'image': '{value}'}},
            ])

    async def test_other_options_go_beside_the_profile_if_they_hold(self):
        spawner = self.make('physics', config={'use_user_options': True})
        options = {'profile': 'gpu-1-card', 'image': 'py', 'resource_spec': {'mem_limit': 1}}
        data = await self.request(spawner, options)
        self.assertEqual(data['user_options'], {'resource_spec': {'mem_limit': 1}})
        self.assertEqual(data['profile']['choices'][0]['choice'], 'py')

    async def test_a_function_gets_the_spawner_and_may_be_async(self):
        async def later(spawner):
            await asyncio.sleep(0)
            return [{'display_name': f'of {spawner.user.name}'}]

        for function in (lambda spawner: [{'display_name': f'of {spawner.user.name}'}], later):
            data = await self.request(self.make(config={'profile_list': function}), {})
            self.assertEqual(data['profile']['slug'], 'of-alice')

    async def test_a_function_that_offers_nothing_offers_nothing(self):
        failure = await self.refusal(self.make(config={'profile_list': lambda spawner: []}), {})
        self.assertEqual(str(failure), 'No profile is open to you. Please tell your administrator.')

    async def test_a_pre_spawn_hook_may_choose(self):
        def hook(spawner):
            spawner.user_options = {'profile': 'gpu-1-card'}

        data = await self.request(self.make('physics', config={'pre_spawn_hook': hook}), {})
        self.assertEqual(data['profile']['slug'], 'gpu-1-card')

    async def test_a_hub_without_profiles_sends_none(self):
        data = await self.request(self.make(config={'profile_list': []}), {'profile': 'x'})
        self.assertNotIn('profile', data)


class WhoMayTakeWhat(ProfilesTestCase):
    async def slugs(self, spawner):
        return [profile['slug'] for profile in await swarmspawner_profiles.offered(spawner)]

    async def test_groups_and_users_say_who_has_a_profile(self):
        for username, groups, slugs in (
            ('alice', (), ['small']),
            ('bob', ('chemistry',), ['small']),
            ('carol', ('physics',), ['small', 'gpu-1-card']),
            ('grace', (), ['small', 'gpu-1-card']),
        ):
            self.assertEqual(await self.slugs(self.make(*groups, username=username)), slugs)

    async def test_an_empty_list_means_nobody(self):
        profiles = [{'display_name': 'a', 'groups': []}, {'display_name': 'b', 'users': []}, {'display_name': 'c'}]
        self.assertEqual(await self.slugs(self.make('physics', config={'profile_list': profiles})), ['c'])

    async def test_a_default_that_a_user_does_not_have_is_another(self):
        profiles = [{'display_name': 'a', 'default': True, 'users': ['bob']}, {'display_name': 'b'}]
        data = await self.request(self.make(config={'profile_list': profiles}), {})
        self.assertEqual(data['profile']['slug'], 'b')


class Attacks(ProfilesTestCase):
    LARGE = 'x' * 2**20

    async def test_what_a_user_does_not_have_is_refused_with_what_the_user_has(self):
        for name, options, groups, told in (
            ('a slug that nobody has', {'profile': 'huge'}, (), 'no profile huge for you. Your profiles: small'),
            ("another group's slug", {'profile': 'gpu-1-card'}, (), 'Your profiles: small'),
            ("an option of another's profile", {'profile': 'small', 'image': 'r'}, (), 'You cannot set image.'),
            ('an override by hand', {'profile': 'small', 'override': {'image': 'x'}}, (), 'You cannot set override.'),
            ("kubespawner's", {'kubespawner_override': {'image': 'x'}}, (), 'You cannot set kubespawner_override.'),
            ('a setting', {'resource_spec': {'mem_limit': 1}}, (), 'You cannot set resource_spec.'),
            ('a choice that is not there', {'profile': 'gpu-1-card', 'image': 'x'}, ('physics',), 'choices: py, r'),
            ('a choice as a list', {'profile': 'gpu-1-card', 'image': ['r']}, ('physics',), 'of type list'),
            ('a choice as a dict', {'profile': 'gpu-1-card', 'image': {'image': 'x'}}, ('physics',), 'of type dict'),
            ('a slug of another type', {'profile': 7}, (), 'of type int'),
            ('a slug as a list', {'profile': ['small']}, (), 'of type list'),
            ('a slug as a dict', {'profile': {'slug': 'small', 'override': {}}}, (), 'of type dict'),
            ('true', {'profile': True}, (), 'of type bool'),
            ('an empty slug', {'profile': ''}, (), 'Your profiles: small'),
            ('the slug in capitals', {'profile': 'SMALL'}, (), 'Your profiles: small'),
            ('a large slug', {'profile': self.LARGE}, (), 'Your profiles: small'),
            ('a large name', {self.LARGE: 'x'}, (), 'What you can choose: profile'),
            ('a large choice', {'profile': 'gpu-1-card', 'image': self.LARGE}, ('physics',), 'choices: py, r'),
            ('control characters', {'profile': 'a\x1b[2J\u202e'}, (), 'no profile a\ufffd[2J\ufffd for you'),
            ('nesting', {'profile': json.loads('[' * 500 + ']' * 500)}, (), 'of type list'),
            ('an attribute', {'profile': '__class__'}, (), 'Your profiles: small'),
        ):
            with self.subTest(name):
                failure = await self.refusal(self.make(*groups, username=name[:20].replace(' ', '-')), options)
                self.assertEqual((failure.status_code, failure.code), (400, 'not_allowed'))
                self.assertIn(told, str(failure))
                self.assertLess(len(str(failure)), 1000)

    async def test_a_typed_image_has_to_match_the_whole_regex(self):
        spawner = self.make('physics')
        for typed in (
            'evil/image:1',
            'quay.io/lab/x:1\nevil',
            'evil quay.io/lab/x:1',
            'quay.io/lab/x:1 evil',
            'quay.io/lab/{username}:1',
            'quay.io/lab/x:1{{.Node.ID}}',
            'x' * 300,
            self.LARGE,
            'quay.io/lab/x:1\0',
            '\ud800',
            ['quay.io/lab/x:1'],
            {'image': 'quay.io/lab/x:1'},
            7,
        ):
            with self.subTest(shown := repr(typed)[:40]):
                options = {'profile': 'gpu-1-card', 'image--unlisted-choice': typed}
                failure = await self.refusal(spawner, options)
                self.assertEqual(failure.status_code, 400, shown)

    async def test_a_refusal_has_the_message_of_the_regex(self):
        options = {'profile': 'gpu-1-card', 'image--unlisted-choice': 'evil'}
        failure = await self.refusal(self.make('physics'), options)
        self.assertEqual(str(failure), 'image: An image of quay.io/lab, with a number as tag.')

    async def test_a_group_that_is_taken_away_between_form_and_start_takes_the_profile_along(self):
        spawner = self.make('physics')
        fields = {'profile': ['gpu-1-card'], 'profile-option-gpu-1-card--image': ['py']}
        options = await spawner.run_options_from_form(fields)
        self.assertEqual(options, {'profile': 'gpu-1-card', 'image': 'py'})
        spawner.user.orm_user.groups.clear()
        self.db.commit()
        failure = await self.refusal(spawner, options)
        self.assertEqual(failure.status_code, 400)
        self.assertIn('Your profiles: small', str(failure))

    async def test_the_same_for_one_that_was_started_before(self):
        spawner = self.make('physics')
        await self.request(spawner, {'profile': 'gpu-1-card', 'image': 'py'})
        options = await spawner.run_options_from_form({'profile': ['gpu-1-card'], 'image': ['py']})
        spawner.user.orm_user.groups.clear()
        self.db.commit()
        self.assertEqual((await self.refusal(spawner, options)).status_code, 400)

    async def test_a_refused_choice_is_not_remembered(self):
        spawner = self.make()
        await self.request(spawner, {'profile': 'small'})
        await self.refusal(spawner, {'profile': self.LARGE})
        self.assertEqual(spawner.orm_spawner.user_options, {'profile': 'small'})

    async def test_a_form_cannot_send_what_is_no_text(self):
        spawner = self.make('physics')
        for fields in (
            {'profile': ['small', 'gpu-1-card']},
            {'profile': [b'small']},
            {'profile': [{'filename': 'a', 'body': b'', 'content_type': 'text/plain'}]},
            {'profile': ['nope']},
            {'profile': ['small'], 'override': ['{"image": "evil"}']},
            {'profile': ['small'], 'resource_spec.mem_limit': ['1']},
        ):
            with self.subTest(fields), self.assertLogs(spawner.log), self.assertRaises(SpawnFailed) as raised:
                await spawner.run_options_from_form(fields)
            self.assertEqual(raised.exception.status_code, 400)

    async def test_a_regex_that_backtracks_without_end_does_not_stop_the_hub(self):
        unlisted = {'enabled': True, 'validation_regex': '(a|a)*(a+)+b', 'override': {'image': '{value}'}}
        profiles = [{'display_name': 'x', 'profile_options': {'image': {'unlisted_choice': unlisted}}}]
        spawner = self.make(config={'profile_list': profiles})
        ticks = []
        checked = asyncio.ensure_future(self.refusal(spawner, {'image--unlisted-choice': 'a' * 200}))
        while not checked.done():
            # Not asyncio.sleep: its time jumps here, and the loop would not rest.
            ticks.append(await asyncio.to_thread(time.sleep, 0.05))
        self.assertEqual(checked.result().status_code, 400)
        self.assertGreater(len(ticks), 1)
        data = await self.request(spawner, {'image--unlisted-choice': 'aab'})
        self.assertEqual(data['profile']['choices'][0]['value'], 'aab')

    async def test_without_a_regex_a_user_may_type_names_of_images(self):
        unlisted = {'enabled': True, 'override': {'image': '{value}'}}
        profiles = [{'display_name': 'x', 'profile_options': {'image': {'unlisted_choice': unlisted}}}]
        spawner = self.make(config={'profile_list': profiles})
        await self.request(spawner, {'image--unlisted-choice': 'quay.io:443/lab/x_y.z:1@sha256:ab'})
        for typed in ('a b', '-x', 'a;b', 'a$b', 'a,b', "a'b"):
            await self.refusal(spawner, {'image--unlisted-choice': typed})


class Remembered(ProfilesTestCase):
    def messages(self, spawner):
        return [event['message'] for event in spawner._attempt.events]

    async def test_the_next_start_takes_the_last_choice(self):
        spawner = self.make('physics')
        await self.request(spawner, {'profile': 'gpu-1-card', 'image': 'py'})
        data = await self.request(spawner)
        self.assertEqual((data['profile']['slug'], data['profile']['choices'][0]['choice']), ('gpu-1-card', 'py'))

    async def test_a_profile_that_is_gone_since_is_the_default_and_the_progress_says_so(self):
        spawner = self.make('physics')
        await self.request(spawner, {'profile': 'gpu-1-card', 'image': 'py'})
        spawner.user.orm_user.groups.clear()
        self.db.commit()
        for again in (spawner, self.make()):
            data = await self.request(again)
            self.assertEqual(data['profile']['slug'], 'small')
            self.assertIn('Your last choice is not there any more. There is no profile gpu-1-card for you. ' +
                          'Your profiles: small', self.messages(again))

    async def test_a_choice_that_is_gone_since_is_the_default_choice(self):
        spawner = self.make('physics')
        await self.request(spawner, {'profile': 'gpu-1-card', 'image': 'py'})
        profiles = copy.deepcopy(PROFILES)
        del profiles[1]['profile_options']['image']['choices']['py']
        data = await self.request(self.make('physics', config={'profile_list': profiles}))
        self.assertEqual(data['profile']['choices'][0]['choice'], 'r')

    async def test_options_of_a_time_without_profiles_are_left_out(self):
        spawner = self.make(config={'profile_list': []})
        spawner.orm_spawner.user_options = {'image': 'x', 'resource_spec': {}}
        self.db.commit()
        spawner = self.make()
        data = await self.request(spawner)
        self.assertEqual(data['profile']['slug'], 'small')
        self.assertIn('You cannot set image, resource_spec', self.messages(spawner)[0])

    async def test_the_same_choice_sent_again_over_rest_is_a_new_one(self):
        spawner = self.make('physics')
        options = {'profile': 'gpu-1-card'}
        await self.request(spawner, options)
        spawner.user.orm_user.groups.clear()
        self.db.commit()
        for body in (options, {'user_options': options}):
            handler = types.SimpleNamespace(get_json_body=lambda body=body: body)
            self.assertEqual((await self.refusal(spawner, options, handler)).status_code, 400)
        for body in (None, {}, {'user_options': None}):
            handler = types.SimpleNamespace(get_json_body=lambda body=body: body)
            self.assertEqual((await self.request(spawner, options, handler))['profile']['slug'], 'small')


class Fields(ProfilesTestCase):
    async def test_a_form_and_a_query_mean_the_same_options(self):
        spawner = self.make('physics')
        for fields, options in (
            ({}, {'profile': 'small'}),
            ({'profile': ['small']}, {'profile': 'small'}),
            ({'profile': ['gpu-1-card'], 'image': ['py']}, {'profile': 'gpu-1-card', 'image': 'py'}),
            (
                {
                    'profile': ['gpu-1-card'],
                    'profile-option-gpu-1-card--image': ['unlisted-choice'],
                    'profile-option-gpu-1-card--image--unlisted-choice': [' quay.io/lab/x:1 '],
                },
                {'profile': 'gpu-1-card', 'image--unlisted-choice': 'quay.io/lab/x:1'},
            ),
            # A form without scripts sends the options of all profiles.
            ({'profile': ['small'], 'profile-option-gpu-1-card--image': ['py']}, {'profile': 'small'}),
            ({'profile': [''], '_xsrf': ['x'], 'next': ['/']}, {'profile': 'small'}),
        ):
            with self.subTest(fields):
                self.assertEqual(await spawner.run_options_from_form(fields), options)
                if swarmspawner.without_hub_names(fields):
                    self.assertEqual(await spawner.options_from_query(fields), options)

    async def test_a_query_with_nothing_but_the_hubs_own_fields_is_no_choice(self):
        self.assertIsNone(self.make().options_from_query({'_xsrf': ['x'], 'next': ['/']}))

    async def test_other_fields_are_read_as_ever_if_they_hold(self):
        spawner = self.make(config={'use_user_options': True})
        fields = {'profile': ['small'], 'resource_spec.mem_limit': ['1073741824']}
        options = {'profile': 'small', 'resource_spec': {'mem_limit': 1073741824}}
        self.assertEqual(await spawner.run_options_from_form(fields), options)

    async def test_a_slug_that_looks_like_a_number_stays_a_text(self):
        profiles = [{'display_name': '7'}, {'display_name': '8'}]
        spawner = self.make(config={'profile_list': profiles})
        self.assertEqual(await spawner.run_options_from_form({'profile': ['8']}), {'profile': '8'})

    async def test_the_admins_own_reader_is_held_to_the_profiles(self):
        spawner = self.make(config={'options_from_form': lambda form: {'profile': form['size'][0]}})
        self.assertEqual(await spawner.run_options_from_form({'size': ['small']}), {'profile': 'small'})
        with self.assertLogs(spawner.log, level='WARNING'), self.assertRaises(SpawnFailed):
            await spawner.run_options_from_form({'size': ['gpu-1-card']})


class Images(ProfilesTestCase):
    config = {}

    async def test_a_list_and_a_dict_and_a_function_mean_the_same(self):
        images = {'lab/r': 'lab/r', 'lab/py': 'lab/py'}

        async def later(spawner):
            return images

        for value in (list(images), images, lambda spawner: list(images), later):
            spawner = self.make(config={'allowed_images': value})
            for options, image in (({}, 'lab/r'), ({'image': 'lab/py'}, 'lab/py')):
                data = await self.request(spawner, options)
                self.assertEqual(data['profile'], {
                    'slug': 'allowed-images',
                    'override': {},
                    'choices': [{'option': 'image', 'choice': image, 'override': {'image': image}}],
                })

    async def test_the_names_of_a_dict_are_what_users_send(self):
        spawner = self.make(config={'allowed_images': {'R 4.4': 'lab/r:4.4', '2': 'lab/two'}})
        data = await self.request(spawner, {'image': 'R 4.4'})
        self.assertEqual(data['profile']['choices'][0]['override'], {'image': 'lab/r:4.4'})
        self.assertEqual(await spawner.run_options_from_form({'image': ['2']}), {'image': '2'})
        self.assertEqual(await spawner.options_from_query({'image': ['R 4.4']}), {'image': 'R 4.4'})

    async def test_another_image_is_refused(self):
        spawner = self.make(config={'allowed_images': {'R': 'lab/r:4.4'}})
        for options in ({'image': 'lab/r:4.4'}, {'image': 'evil'}, {'profile': 'allowed-images'}, {'image': ['R']}):
            failure = await self.refusal(spawner, options)
            self.assertEqual(failure.status_code, 400)


class Wrong(ProfilesTestCase):
    """What an admin has to correct: the hub's log says it at its start, and every start is refused with it."""

    config = {}
    NO_NAMES = {'profile_options': {'image': {'choices': {'a': {}}}}}

    def findings(self, config):
        """Returns what the hub's log says of a configuration when the hub starts."""
        given = Config({'SwarmSpawner': {'service_url': URL, 'service_secret': SECRET, **config}})
        return list(swarmspawner.settings_findings(SwarmSpawner, given, SwarmSpawner))

    async def test_what_cannot_be_a_profile_is_named(self):
        def one(**profile):
            return {'profile_list': [{'display_name': 'x', **profile}]}

        def option(**option):
            return one(profile_options={'image': option})

        def unlisted(**unlisted):
            return option(unlisted_choice={'enabled': True, **unlisted})

        for config, sentence in (
            ({'profile_list': ['x']}, 'profile_list[0] must be a dict'),
            ({'profile_list': [{}]}, 'profile_list[0]: `display_name` is missing'),
            (one(display_name=7), '`display_name` must be a text'),
            (one(description=['x']), '`description` must be a text'),
            (one(slug='a b'), 'set `slug`'),
            (one(slug='../x'), 'set `slug`'),
            (one(slug=7), '`slug` must be a text'),
            (one(display_name='日本語'), 'set `slug`'),
            (one(default='yes'), '`default` must be True or False'),
            (one(groups='physics'), '`groups` must be a list of names'),
            (one(users=[7]), '`users` must be a list of names'),
            (one(override=['x']), 'override must be a dict'),
            (one(override={'service_prefix': 'x'}), 'service_prefix cannot be set by a profile'),
            (one(override={'use_user_options': True}), 'use_user_options cannot be set by a profile'),
            (one(override={'env': ['A=b']}), '`env` must be a dict'),
            (one(max_runtime='8 hours'), '`max_runtime` must be a duration'),
            (one(max_runtime=8), '`max_runtime` must be a text'),
            (one(quota=3), 'quota must be a dict'),
            (one(quota={'server': 3}), 'unknown keys: server; the keys are servers, cpus, memory, generic'),
            (one(quota={'servers': -1}), 'quota: `servers` must be a whole number'),
            (one(quota={'servers': True}), 'quota: `servers` must be a whole number'),
            (one(quota={'cpus': '3'}), 'quota: `cpus` must be a number'),
            (one(quota={'memory': '64X'}), 'quota: `memory` must be bytes, or a text such as "64G"'),
            (one(quota={'generic': ['gpu']}), 'quota: `generic` must be a dict'),
            (one(quota={'generic': {'gpu': 1.5}}), 'quota: `generic` must be a dict'),
            (one(quota={'user': {'user': {}}}), 'quota.user: unknown keys: user'),
            (one(quota={'groups': {'course': 3}}), "quota.groups['course'] must be a dict"),
            (one(kubespawner_override={'image': 'x'}), 'kubespawner_override is for pods; write `override`'),
            (one(displayname='x'), 'unknown keys: displayname; the keys are display_name, description'),
            (one(profile_options=['x']), '`profile_options` must be a dict'),
            (one(profile_options={'profile': {'choices': {'a': {}}}}), 'the name of an option must be'),
            (one(profile_options={'a--b': {'choices': {'a': {}}}}), 'the name of an option must be'),
            (one(profile_options={7: {'choices': {'a': {}}}}), 'the name of an option must be'),
            (option(), 'it has no `choices`'),
            (option(choices=['a']), '`choices` must be a dict'),
            (option(choices={'a': 'b'}), "choices['a'] must be a dict"),
            (option(choices={'a': {'kubespawner_override': {}}}), 'kubespawner_override is for pods'),
            (option(choices={'unlisted-choice': {}}), 'the name of a choice must be'),
            (option(choices={'a\n': {}}), 'the name of a choice must be'),
            (option(choices={'a': {'default': True}, 'b': {'default': True}}), 'choices: more than one has `default`'),
            (unlisted(validation_regex='('), '`validation_regex` is not a regular expression'),
            (unlisted(kubespawner_override={}), 'kubespawner_override is for pods'),
            (option(unlisted_choice='x'), 'unlisted_choice must be a dict'),
            ({'profile_list': [{'display_name': 'A b'}, {'display_name': 'a  B'}]}, '2 profiles have the slug a-b'),
            (
                {'profile_list': [{'display_name': name, 'default': True} for name in 'ab']},
                'profile_list: more than one has `default`',
            ),
            ({'profile_list': [{'display_name': 'x'}], 'allowed_images': ['x']}, 'are both set'),
            ({'allowed_images': ['x', 7]}, 'allowed_images must be a list of images'),
            ({'allowed_images': {'x': None}}, 'allowed_images must be a list of images'),
        ):
            with self.subTest(sentence):
                found = self.findings(config)[0]
                self.assertTrue(found.is_refused)
                self.assertIn(found.setting, ('c.SwarmSpawner.profile_list', 'c.SwarmSpawner.allowed_images'))
                self.assertIn(sentence, found.sentence)
                spawner = self.make(config=config)
                failure = await self.refusal(spawner, {})
                self.assertEqual((failure.status_code, failure.code), (500, 'config'))
                self.assertEqual(str(failure), MISCONFIGURED)
                self.assertIn(sentence, self.logged)
                with self.assertLogs(spawner.log, level='ERROR'), self.assertRaises(SpawnFailed):
                    await spawner.get_options_form()

    async def test_what_a_function_returns_is_checked_at_the_start(self):
        for value in ('x', 7, {'display_name': 'x'}, [{'display_name': ''}]):
            config = {'profile_list': lambda _, value=value: value}
            self.assertEqual(self.findings(config), [])
            self.assertEqual(str(await self.refusal(self.make(config=config), {})), MISCONFIGURED)

    async def test_a_value_that_jupyterhub_does_not_take_is_named(self):
        profiles = [{'display_name': 'x', 'override': {'start_timeout': 'long'}}]
        await self.refusal(self.make(config={'profile_list': profiles}), {})
        self.assertIn('profile x: start_timeout', self.logged)

    async def test_what_is_no_json_is_named(self):
        profiles = [{'display_name': 'x', 'override': {'env': {'A': object()}}}]
        await self.refusal(self.make(config={'profile_list': profiles}), {})
        self.assertIn('profile cannot be sent', self.logged)

    async def test_profiles_that_are_right_are_not_mentioned(self):
        self.assertEqual(self.findings({'profile_list': PROFILES}), [])
        self.assertEqual(self.findings({'allowed_images': ['x']}), [])

    async def test_a_copy_without_the_second_file_says_how_to_get_it(self):
        spawner = self.make(config={'profile_list': PROFILES})
        self.patch(mock.patch.dict(sys.modules, {'swarmspawner_profiles': None}))
        [found] = self.findings({'profile_list': PROFILES})
        self.assertIn('need swarmspawner_profiles.py: copy it', found.sentence)
        self.assertEqual(str(await self.refusal(spawner, {})), MISCONFIGURED)
        self.assertIn('need swarmspawner_profiles.py: copy it', self.logged)

    async def test_a_service_that_is_older_than_the_class_has_to_be_updated(self):
        for detail, issues, words in (
            ('profile: is not known', (), 'profiles'),
            ('profile: is not known', [('profile', 'is not known')], 'profiles'),
            ('config.x: a; profile.quota: is not known', (), 'profile.quota'),
            ('…', [('profile.quota', 'is not known'), ('profile.x', 'is not known')], 'profile.quota, profile.x'),
            ('…', [('profile.quota.user', 'is not known')], 'profile.quota.user'),
            ('…', [('config.healthcheck', 'is not known'), ('config.x', 'is not known')], 'config.healthcheck'),
        ):
            with self.subTest(detail=detail, issues=issues):
                spawner = self.make(config={'profile_list': PROFILES})
                self.script(Refused(detail, status=422, code='invalid_request', issues=issues))
                with self.assertLogs(spawner.log, level='ERROR') as logs, self.assertRaises(SpawnFailed) as raised:
                    await self.prepare(spawner, {})
                    await spawner.start()
                self.assertIn(f'older than this class and knows no {words}; update the service first', logs.output[0])
                self.assertEqual(raised.exception.status_code, 500)

    async def test_what_an_admin_or_a_user_has_misspelt_is_no_sign_of_an_old_service(self):
        paths = 'user_options.profile', 'config.x', 'container_spec.profile', 'profile.override.x', 'profile gpu.x'
        for path in paths:
            for issues in ([(path, 'is not known')], ()):
                error = Refused(f'{path}: is not known', status=422, issues=issues)
                self.assertIsNone(swarmspawner.too_old_for(error), path)
        self.assertIsNone(swarmspawner.too_old_for(Refused('x', issues=[('profile.quota', 'must be a dict')])))

    async def test_a_form_of_an_older_service_comes_and_the_log_says_why_it_tells_nothing(self):
        spawner = self.make(config={'profile_list': [*PROFILES, {'display_name': 'Another'}]})
        self.script(Refused('requests: is not known', status=422))
        with self.assertLogs(spawner.log, level='WARNING') as logs:
            form = await spawner.get_options_form()
        self.assertIn('value="another"', form)
        self.assertIn('the form cannot say what is free: the SwarmSpawner service is older', logs.output[0])
        self.assertIn('knows no requests; update the service first', logs.output[0])

    async def test_the_two_kinds_of_errors_are_the_modules_own(self):
        for kind in (Misconfigured, NotAllowed):
            self.assertFalse(issubclass(kind, SpawnFailed))
