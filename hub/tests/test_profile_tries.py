"""What somebody tries at a real hub to get a profile, an image or a setting that is not theirs. Nothing starts."""

from urllib.parse import quote

from hub_visitor import Visitor
from support import HUB_VERSION, NODE_IS_THERE, needs
from test_real_hub import RealHub

LARGE = 'x' * 100_000
TYPED = 'image--unlisted-choice'
PROFILES = [
    {'display_name': 'Small', 'override': {'mem_limit': '1G'}},
    {
        'display_name': 'Own',
        'profile_options': {
            'image': {
                'choices': {'a': {'override': {'image': 'demo/a'}}},
                'unlisted_choice': {
                    'enabled': True,
                    'validation_regex': r'^quay\.io/lab/[a-z]+:[0-9]+$',
                    'override': {'image': '{value}'},
                },
            },
        },
    },
    {'display_name': 'GPU', 'slug': 'gpu', 'groups': ['physics'], 'override': {'env': {'A': 'gpu'}}},
    {'display_name': 'Of others', 'slug': 'others', 'users': ['ada']},
]
LOOK_ALIKES = 'GPU', 'g\u0440u', '\uff47pu', 'gpu ', ' gpu', 'gpu\n', 'gpu\0', '\ud800', '', '*', LARGE
FOREIGN = 'gpu', 'others', 'Of others', *LOOK_ALIKES
NO_TEXT = (['gpu'], {'gpu': 1}, 3, True, False, ['small', 'gpu'], {'slug': 'gpu'})
IMAGES = (
    'quay.io/lab/x:1x',
    'quay.io/lab/x:1\nevil',
    'evil/quay.io/lab/x:1',
    'quay.io/lab/x:\u0661',
    'quayxio/lab/x:1',
    'quay.io/lab/{username}:1',
    'quay.io/lab/{{.Node.ID}}:1',
    'quay.io/lab/x:1\u2028evil',
    'quay.io/lab/../x:1',
    LARGE,
    '',
    ['quay.io/lab/x:1'],
)
BY_HAND = (
    {'override': {'image': 'evil'}},
    {'image': 'evil'},
    {'mem_limit': '64G'},
    {'container_spec': {'image': 'evil'}},
    {'profile': 'small', 'image': 'a'},
    {'profile': 'small', 'choices': [{'option': 'image', 'override': {'image': 'evil'}}]},
    {'profile': 'own', 'image': {'override': {'image': 'evil'}}},
    {'profile': 'own', 'image': 'unlisted-choice'},
    {'profile': 'own', 'image': 'a', TYPED: 'quay.io/lab/x:1'},
    {'profile': 'own', 'profile-option-own--image': 'a'},
    {'profile-option-gpu--image': 'a'},
    {'profile_list': [], 'quota': {}, 'max_runtime': '9000h'},
    {'__proto__': {'profile': 'gpu'}},
    {LARGE: 1},
)


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class Tries(RealHub):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        scopes = ['admin:users', 'admin:servers', 'admin:groups']
        roles = [{'name': 'test', 'services': ['test'], 'scopes': scopes}]
        self.hub.config['JupyterHub'] = {'load_roles': roles}
        self.hub.config['SwarmSpawner']['profile_list'] = PROFILES
        await self.hub.start()
        # All tests share a service.
        self.user = f'mallory-{self._testMethodName.replace("_", "-")}'
        await self.hub.ask('POST', f'/users/{self.user}')

    def assert_nothing_started(self):
        self.assertNotIn(self.user, self.run_program('ls'))

    async def refused(self, options, path='server'):
        answer = await self.hub.ask('POST', f'/users/{self.user}/{path}', options)
        self.assertEqual(answer.code, 400, answer.body[:300])
        self.assertLess(len(answer.body), 3000)

    async def test_over_rest_for_any_server(self):
        typed = [{'profile': 'own', TYPED: image} for image in IMAGES]
        slugs = [{'profile': slug} for slug in (*FOREIGN, *NO_TEXT)]
        for number, options in enumerate([*slugs, *typed, *BY_HAND]):
            path = 'servers/lab' if number % 2 else 'server'
            with self.subTest(str(options)[:80]):
                await self.refused(options, path)
        self.assert_nothing_started()
        # Nothing of it is remembered, and the default is what a start without options takes.
        await self.start_server(self.user)
        self.assertTrue(await self.is_ready(self.user), self.hub.log)
        self.assertEqual((await self.hub.servers(self.user))['']['user_options'], {})

    async def test_by_the_form(self):
        visitor = await Visitor(self.hub.origin).log_in(self.user)
        for fields in (
            [('profile', 'gpu')],
            [('profile', 'small'), ('profile', 'gpu')],
            [('profile', 'gpu'), ('profile', 'small')],
            [('profile', 'small'), ('mem_limit', '64G')],
            [('profile', 'own'), ('profile-option-own--image', 'evil')],
            [('profile', 'own'), ('profile-option-own--image', 'a'), ('profile-option-own--image', 'evil')],
            [('profile', 'own'), ('image', 'evil')],
            [('profile', 'own'), ('profile-option-own--image--unlisted-choice', 'evil/x:1')],
            [('profile', 'own'), (TYPED, 'quay.io/lab/x:1\nevil')],
        ):
            with self.subTest(fields):
                answer = await visitor.post_pairs(f'/hub/spawn/{self.user}', fields)
                self.assertIn(answer.code, (200, 400))
                self.assertIn('value="own"', answer.body.decode())
                self.assertEqual(await self.hub.servers(self.user), {})
        self.assert_nothing_started()

    # Hubs from 5 on document queries.
    if HUB_VERSION >= (5, 0):

        async def test_by_a_query(self):
            visitor = await Visitor(self.hub.origin).log_in(self.user)
            at = 'opt-' if HUB_VERSION >= (6, 0) else ''
            for query in (
                f'{at}profile=gpu',
                f'{at}profile=small&{at}profile=gpu',
                f'{at}profile=small&{at}mem_limit=64G',
                f'{at}profile=own&{at}image=evil',
                f'{at}profile=own&{at}{TYPED}={quote("quay.io/lab/x:1#evil")}',
                f'{at}profile=own&{at}profile-option-own--image=evil',
            ):
                with self.subTest(query):
                    page = (await visitor.get(f'/hub/spawn/{self.user}?{query}')).body.decode()
                    self.assertIn('value="own"', page)
                    self.assertEqual(await self.hub.servers(self.user), {})
            self.assert_nothing_started()

    async def test_a_group_that_is_lost_between_the_form_and_the_start(self):
        await self.hub.ask('POST', '/groups/physics')
        members = {'users': [self.user]}
        self.assertEqual((await self.hub.ask('POST', '/groups/physics/users', members)).code, 200)
        visitor = await Visitor(self.hub.origin).log_in(self.user)
        self.assertIn('value="gpu"', (await visitor.get('/hub/spawn')).body.decode())
        await self.hub.ask('DELETE', '/groups/physics/users', members)
        answer = await visitor.post(f'/hub/spawn/{self.user}', profile='gpu')
        self.assertIn('There is no profile gpu for you. Your profiles: small, own', answer.body.decode())
        await self.refused({'profile': 'gpu'})
        self.assert_nothing_started()

    async def test_a_group_that_is_lost_after_a_start(self):
        await self.hub.ask('POST', '/groups/physics')
        members = {'users': [self.user]}
        await self.hub.ask('POST', '/groups/physics/users', members)
        await self.start_server(self.user, body={'profile': 'gpu'})
        self.assertTrue(await self.is_ready(self.user), self.hub.log)
        await self.hub.ask('DELETE', f'/users/{self.user}/server')
        await self.hub.ask('DELETE', '/groups/physics/users', members)

        async def is_gone():
            return not await self.hub.servers(self.user)

        await self.hub.until(is_gone)
        await self.refused({'profile': 'gpu'})
        # Without options, the hub repeats the last ones; the default takes the place of what is lost.
        await self.start_server(self.user)
        self.assertTrue(await self.is_ready(self.user), self.hub.log)
        self.assertEqual(self.run_program('ls').count(self.user), 1)
        self.assertIn('1 GiB', next(line for line in self.run_program('ls').splitlines() if self.user in line))
