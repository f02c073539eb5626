"""`check` asks about every profile and choice, and names those that cannot start by file and line."""

import os
from unittest import mock

from check_support import RIGHT, UNCHECKED, WARNING, said
from support import NODE_IS_THERE, needs
from swarmspawner import Refused, Service
from swarmspawner_tools import ask_profiles
from test_check_user import ServedCheck

PROFILES = """\
c.SwarmSpawner.profile_list = [
    {'display_name': 'Small'},
    {
        'display_name': 'GPU',
        'groups': ['physics'],
        'override': {
            'generic_resources': {'gpu': 1},
        },
    },
    {
        'display_name': 'Data',
        'profile_options': {
            'where': {
                'choices': {
                    'here': {},
                    'there': {
                        'override': {
                            'mounts': ['/etc:/x'],
                        },
                    },
                    'large': {'override': {'mem_guarantee': '900T'}},
                },
            },
        },
    },
]
"""


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class Profiles(ServedCheck):
    async def report_on(self, text, *arguments):
        return await self.report(RIGHT + text, *arguments)

    async def test_each_that_cannot_start_has_its_line(self):
        lines = said(await self.report_on(PROFILES))
        self.assertEqual(self.last.exit_code, 1)
        self.assert_says(lines, 12, 'profile gpu')
        self.assert_says(lines, 12, '1 of gpu are reserved, and the largest node that the constraints allow has 0')
        self.assert_says(lines, 23, 'profile data (where: there).mounts.0')
        self.assert_says(lines, 26, 'profile data (where: large)')
        self.assertEqual(len(lines), len({line for line, _ in lines}), lines)

    async def test_a_group_sees_its_own(self):
        lines = said(await self.report_on(PROFILES, '--group', 'chemistry'))
        self.assertNotIn('profile gpu', str(lines))
        lines = said(await self.report_on(PROFILES, '--group', 'physics'))
        self.assert_says(lines, 12, 'profile gpu')

    async def test_those_that_a_user_may_take_instead_are_warned_of(self):
        for groups, is_told in ((), False), (('--group', 'physics'), True):
            report = await self.report_on(PROFILES, '--user', 'ada', *groups)
            self.assertEqual((said(report), report.exit_code), ([], 0))
            self.assertEqual('profile gpu' in str(said(report, WARNING)), is_told)
            self.assert_says(said(report, WARNING), 23, 'mounts.0')

    async def test_one_that_is_wanted_is_in_the_way(self):
        options = '--options', '{"profile": "gpu"}'
        lines = said(await self.report_on(PROFILES, '--user', 'ada', '--group', 'physics', *options))
        self.assert_says(lines, 12, 'profile gpu')

    async def test_a_server_needs_no_more_than_a_profile_has(self):
        text = 'c.SwarmSpawner.container_spec = {}\nc.SwarmSpawner.allowed_images = '
        for images in ('["demo/a", "demo/b"]\n', '{"A": "demo/a"}\n'):
            self.assertEqual(said(await self.report_on(text + images)), [])

    async def test_images_are_asked_about(self):
        lines = said(await self.report_on('c.SwarmSpawner.allowed_images = ["demo/a", "demo//b"]\n'))
        self.assert_says(lines, 6, 'profile allowed-images (image: demo//b).image')
        self.assertEqual(len(lines), 1)

    async def test_what_is_wrong_for_all_is_told_once(self):
        lines = said(await self.report_on(f'c.SwarmSpawner.mounts = ["/etc:/etc"]\n{PROFILES}'))
        self.assertEqual(len([one for one in lines if 'c.SwarmSpawner.mounts.0' in one[1]]), 1)

    async def test_a_value_that_jupyterhub_does_not_take_is_named(self):
        profiles = 'c.SwarmSpawner.profile_list = [\n    {"display_name": "x", "override": {"http_timeout": "x"}}]\n'
        self.assert_says(said(await self.report_on(profiles)), 7, 'profile x: http_timeout')

    async def test_a_function_is_asked_with_a_user(self):
        text = 'c.SwarmSpawner.profile_list = lambda spawner: [{"display_name": "x"}, {"display_name": "y",\n'
        text += '    "override": {"mounts": ["/etc:/x"]}}]\n'
        self.assertEqual(said(await self.report_on(text)), [])
        self.assert_says(said(self.last, UNCHECKED), None, 'profiles that a function returns: --user NAME')
        report = await self.report_on(text, '--user', 'ada')
        self.assert_says(said(report, WARNING), 6, 'profile y.mounts.0')

    async def test_a_service_that_cannot_be_asked_about_many_is_told(self):
        call = Service.call

        async def of_old(service, verb, data, *more):
            if 'requests' in data:
                raise Refused('requests: is not known', status=422)
            return await call(service, verb, data, *more)

        with mock.patch.object(Service, 'call', of_old):
            report = await self.report_on(PROFILES)
        self.assertEqual(said(report), [])
        words = 'the SwarmSpawner service is older than this class and knows no requests'
        self.assert_says(said(report, WARNING), 6, f'The profiles cannot be asked about: {words}')

    async def test_a_service_that_is_older_is_told_once(self):
        issues = [(f'profile.{name}', 'is not known') for name in ('quota', 'max_runtime')]
        old = Refused('…', status=422, issues=issues)
        with mock.patch.object(Service, 'call', side_effect=old):
            report = await self.report_on(PROFILES, '--user', 'ada')
        words = 'is older than this class and knows no profile.quota, profile.max_runtime; update the service first'
        self.assertEqual([words in sentence for _, sentence in said(report)], [True])

    async def test_answers_that_are_no_answers_are_left_out(self):
        answers = [{'problem': 7, 'obstacles': {}, 'room': [], 'fits': []}, {'room': {'reason': 7}}, None]
        for answer in ({}, {'explanations': 1}, {'explanations': [1, None]}, {'explanations': answers}):
            with mock.patch.object(Service, 'call', return_value=answer):
                self.assertEqual(said(await self.report_on(PROFILES)), [])

    async def test_many_are_asked_about_in_parts_and_there_is_an_end(self):
        asked = []

        async def answer(service, verb, data, *more):
            asked.append(len(data.get('requests', [])))
            return {'explanations': [{}] * asked[-1]}

        text = 'c.SwarmSpawner.profile_list = [{"display_name": f"p{i}"} for i in range(120)]\n'
        self.patch_asked_max(110)
        with mock.patch.object(Service, 'call', answer):
            report = await self.report_on(text)
        self.assertEqual(asked, [50, 50, 10, 0])
        self.assert_says(said(report, WARNING), 6, 'only 110 of the 120 profiles and choices are asked about')

    def patch_asked_max(self, value):
        self.patch(mock.patch.object(ask_profiles, 'ASKED_MAX', value))

    async def test_without_a_service_they_are_not_asked_about(self):
        os.environ['SWARMSPAWNER_URL'] = 'http://127.0.0.1:1'
        report = await self.report_on(PROFILES)
        self.assertEqual((said(report), report.exit_code), ([], 0))
        self.assertIn('http://127.0.0.1:1', report.unasked)
