"""The form of the profiles: what it shows of whom, how it is read aloud, and what the service says of room."""

import asyncio
import datetime
import json
import re
from html.parser import HTMLParser

import swarmspawner
from support import HUB_VERSION, NODE_IS_THERE, needs
from hub_visitor import Visitor
from swarmspawner import SpawnFailed
from test_profiles import PROFILES, ProfilesTestCase
from test_real_hub import RealHub

EVIL = '<script>alert(1)</script>"\'&'


class Page(HTMLParser):
    """The elements of a page, and its text without that of styles."""

    VOID = ('input', 'br', 'meta', 'link', 'img', 'hr')

    def __init__(self, page):
        super().__init__()
        self.elements, self.text, self._open, self.is_closed = [], '', [], True
        self.feed(page)
        self.is_closed = self.is_closed and not self._open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        # The hub's own pages may leave elements open.
        while self._open and self._open.pop() != tag:
            self.is_closed = False

    def handle_data(self, data):
        if 'style' not in self._open:
            self.text += data

    def all(self, *tags, **wanted):
        """Returns the attributes of all elements with one of these tags that have these attributes."""
        return [of for tag, of in self.elements if tag in tags and wanted.items() <= of.items()]


def explained(fits, user_message=None, *texts):
    resources = [{'text': text} for text in texts]
    return {'fits': fits, 'room': {'user_message': user_message, 'resources': resources}, 'problem': None}


class FormTestCase(ProfilesTestCase):
    async def page(self, spawner, *answers):
        service = self.script(*(answers or [RuntimeError('no answer')]))
        page = Page(await spawner.get_options_form())
        self.assertTrue(page.is_closed)
        return page, service


class Form(FormTestCase):
    async def test_it_shows_what_this_user_has(self):
        for groups, slugs in ((), ['small']), (('physics',), ['small', 'gpu-1-card']):
            profiles = [*PROFILES, {'display_name': 'More', 'users': ['bob'], 'profile_options': {}}]
            spawner = self.make(*groups, config={'profile_list': [*profiles, {'display_name': 'All'}]})
            page, _ = await self.page(spawner)
            radios = [of['value'] for of in page.all('input', type='radio')]
            self.assertEqual(radios, [*slugs, 'all'])

    async def test_every_control_has_a_label_and_every_description_is_read_with_its_control(self):
        page, _ = await self.page(self.make('physics'))
        labelled = {of['for'] for of in page.all('label')}
        controls = [of for of in page.all('input', 'select') if of.get('type') != 'hidden']
        self.assertEqual({of['id'] for of in controls}, labelled)
        self.assertEqual(len(controls), 4)
        ids = {of['id'] for _, of in page.elements if 'id' in of}
        described = [part for of in controls for part in of.get('aria-describedby', '').split()]
        self.assertTrue(described)
        self.assertLessEqual(set(described), ids)
        self.assertEqual(len([tag for tag, _ in page.elements if tag == 'legend']), 1)
        self.assertIn('For <b>everyone</b>', page.text)

    async def test_it_says_how_long_a_server_may_run(self):
        for profiles in (
            [{'display_name': 'A', 'max_runtime': '1h30m'}, {'display_name': 'B'}],
            [{**PROFILES[0], 'max_runtime': '1h30m', 'profile_options': {'image': {'choices': {'a': {}, 'b': {}}}}}],
        ):
            spawner = self.make(config={'profile_list': profiles})
            page, _ = await self.page(spawner)
            self.assertIn('Your server ends after 1 h 30 min at the latest.', page.text)
            ids = {of['id'] for _, of in page.elements if 'id' in of}
            described = [part for _, of in page.elements for part in of.get('aria-describedby', '').split()]
            self.assertLessEqual(set(described), ids)
            self.assertEqual(described, ['swarmspawner-time-of-profile-a'] if len(profiles) == 2 else [])

    async def test_no_two_elements_have_the_same_id_whatever_the_slugs_are(self):
        unlisted = {'enabled': True, 'override': {'image': '{value}'}, 'validation_message': 'An image.'}
        option = {'choices': {'b': {}}, 'unlisted_choice': unlisted}
        options = {name: option for name in ('x', 'x-typed', 'x-hint', 'typed-x')}
        slugs = 'a', 'a-description', 'a-time', 'a-told', 'a--x', 'A', 'option-a--x', 'of-profile-a', 'description-a'
        profiles = [
            {'display_name': slug, 'slug': slug, 'description': 'D', 'max_runtime': '1h', 'profile_options': options}
            for slug in slugs
        ]
        told = [explained('later', 'Later.')] * len(profiles)
        page, _ = await self.page(self.make(config={'profile_list': profiles}), {'explanations': told})
        ids = [of['id'] for _, of in page.elements if 'id' in of]
        self.assertEqual(len(ids), len({*ids}))
        self.assertEqual(len(ids), len(slugs) * (4 + len(options) * 3))
        self.assertLessEqual({of['for'] for of in page.all('label')}, {*ids})

    async def test_it_needs_no_script_and_loads_nothing(self):
        page, _ = await self.page(self.make('physics'))
        self.assertEqual(page.all('script', 'link', 'img', 'iframe'), [])
        handlers = [name for _, of in page.elements for name in of if name.startswith('on') or name in ('src', 'href')]
        self.assertEqual(handlers, [])

    async def test_the_default_is_chosen_at_first_and_the_last_choice_afterwards(self):
        def chosen(page):
            return [of['value'] for of in page.all('input', type='radio') if 'checked' in of], [
                of['value'] for of in page.all('option') if 'selected' in of
            ]

        spawner = self.make('physics')
        page, _ = await self.page(spawner)
        self.assertEqual(chosen(page), (['small'], ['r']))
        spawner.user_options = {'profile': 'gpu-1-card', 'image': 'py'}
        page, _ = await self.page(spawner)
        self.assertEqual(chosen(page), (['gpu-1-card'], ['py']))
        spawner.user_options = {'profile': 'gpu-1-card', 'image--unlisted-choice': 'quay.io/lab/x:1'}
        page, _ = await self.page(spawner)
        self.assertEqual(chosen(page), (['gpu-1-card'], ['unlisted-choice']))
        self.assertEqual([of['value'] for of in page.all('input', type='text')], ['quay.io/lab/x:1'])
        for gone in ({'profile': 'nope'}, {'profile': ['x']}, {'image': EVIL}, {'profile': 'gpu-1-card', 'image': {}}):
            spawner.user_options = gone
            page, _ = await self.page(spawner)
            self.assertEqual(len(chosen(page)[0]), 1)

    async def test_whatever_a_text_says_it_is_text(self):
        choices = {EVIL: {'display_name': EVIL, 'override': {'image': 'x'}}}
        unlisted = {
            'enabled': True,
            'display_name': EVIL,
            'display_name_in_choices': EVIL,
            'validation_message': EVIL,
            'validation_regex': '.*',
            'override': {'env': {'TYPED': '{value}'}},
        }
        option = {'display_name': EVIL, 'choices': choices, 'unlisted_choice': unlisted}
        profiles = [
            {'display_name': EVIL, 'description': EVIL, 'slug': slug, 'profile_options': {'image': option}}
            for slug in 'ab'
        ]
        evil = explained('later', EVIL, EVIL)
        for several in profiles, profiles[:1]:
            spawner = self.make(config={'profile_list': several})
            spawner.user_options = {'profile': 'a', 'image--unlisted-choice': EVIL}
            page, _ = await self.page(spawner, {'explanations': [evil] * len(several)})
            self.assertEqual(page.all('script'), [])
            self.assertIn(EVIL, page.text)
            typed = [of['value'] for of in page.all('input', type='text')]
            self.assertEqual(typed, [EVIL, ''][: len(several)])

    async def test_where_there_is_nothing_to_choose_there_is_no_form(self):
        spawner = self.make()
        service = self.script()
        self.assertEqual(await spawner.get_options_form(), '')
        self.assertEqual(service.calls, [])

    async def test_a_user_without_a_profile_reads_so(self):
        page, _ = await self.page(self.make(config={'profile_list': [{'display_name': 'x', 'users': ['bob']}]}))
        self.assertIn('No profile is open to you', page.text)

    async def test_the_admins_own_form_takes_its_place(self):
        spawner = self.make('physics', config={'options_form': '<b>mine</b>'})
        self.assertEqual(await spawner.get_options_form(), '<b>mine</b>')

    async def test_one_profile_with_options_has_no_buttons(self):
        page, _ = await self.page(self.make(config={'profile_list': [{**PROFILES[1], 'users': None, 'groups': None}]}))
        self.assertEqual(page.all('input', type='radio'), [])
        self.assertEqual([of['value'] for of in page.all('input', type='hidden')], ['gpu-1-card'])
        self.assertEqual(len(page.all('select')), 1)

    async def test_allowed_images_are_one_select(self):
        images = {'R 4': 'lab/r', EVIL: 'lab/py'}
        spawner = self.make(config={'profile_list': [], 'allowed_images': images})
        spawner.user_options = {'image': EVIL}
        page, _ = await self.page(spawner)
        self.assertEqual([of['name'] for of in page.all('select', 'input')], ['image'])
        self.assertEqual([of['value'] for of in page.all('option')], list(images))
        self.assertEqual([of['value'] for of in page.all('option') if 'selected' in of], [EVIL])


class Template(ProfilesTestCase):
    async def test_a_template_of_the_admin_takes_the_forms_place_and_escapes(self):
        one = '[{{ one.slug }} {{ one.description }} {{ one.is_checked }}]'
        template = f'{{% for one in profile_list %}}{one}{{% endfor %}}'
        spawner = self.make('physics', config={'profile_form_template': template})
        self.script(RuntimeError())
        self.assertEqual(
            await spawner.get_options_form(),
            '[small For &lt;b&gt;everyone&lt;/b&gt; True][gpu-1-card  False]',
        )

    async def test_a_template_with_a_mistake_is_the_admins_to_correct(self):
        for template in ('{% for %}', '{{ 1 / 0 }}', '{{ nothing.at.all }}'):
            spawner = self.make('physics', config={'profile_form_template': template})
            self.script(RuntimeError())
            with self.assertLogs(spawner.log, 'ERROR') as logs, self.assertRaises(SpawnFailed):
                await spawner.get_options_form()
            self.assertIn('c.SwarmSpawner.profile_form_template: ', logs.output[0])


class Room(FormTestCase):
    """What the service says of the nodes."""

    async def test_one_call_asks_for_all_profiles(self):
        page, service = await self.page(self.make('physics'), {'explanations': [explained('now')] * 2})
        [(verb, data)] = service.calls
        self.assertEqual(verb, 'explain')
        self.assertEqual([one['profile']['slug'] for one in data['requests']], ['small', 'gpu-1-card'])
        self.assertEqual((data['server']['username'], data['groups']), ('alice', ['physics']))
        self.assertNotIn('env', data)

    async def test_what_waits_can_be_chosen_and_what_can_never_start_cannot(self):
        busy = explained('later', 'It fits when another server stops.', 'gpu: 0 of 4 free')
        page, _ = await self.page(self.make('physics'), {'explanations': [explained('now'), busy]})
        self.assertEqual([of for of in page.all('input', type='radio') if 'disabled' in of], [])
        self.assertIn('gpu: 0 of 4 free. It fits when another server stops.', page.text)
        never = explained('never', 'No machine for this. Please tell your administrator.')
        page, _ = await self.page(self.make('physics'), {'explanations': [explained('now'), never]})
        self.assertEqual([of['value'] for of in page.all('input', type='radio') if 'disabled' in of], ['gpu-1-card'])

    async def test_what_lacks_something_that_only_an_admin_can_make_is_told(self):
        lacking = {**explained('now'), 'would_start': False, 'obstacles': [{'from': 'networks.0', 'reason': 'x'}]}
        page, _ = await self.page(self.make('physics'), {'explanations': [explained('now'), lacking]})
        self.assertEqual(page.text.count('cannot be started at the moment. Please tell your administrator.'), 1)
        self.assertEqual([of for of in page.all('input', type='radio') if 'disabled' in of], [])

    async def test_another_profile_is_chosen_if_the_last_one_can_never_start(self):
        spawner = self.make('physics')
        spawner.user_options = {'profile': 'gpu-1-card'}
        page, _ = await self.page(spawner, {'explanations': [explained('now'), explained('never')]})
        self.assertEqual([of['value'] for of in page.all('input', type='radio') if 'checked' in of], ['small'])

    async def test_if_none_can_start_all_can_be_chosen_and_the_start_says_why(self):
        page, _ = await self.page(self.make('physics'), {'explanations': [explained('never')] * 2})
        self.assertEqual([of for of in page.all('input', type='radio') if 'disabled' in of], [])

    async def test_without_an_answer_it_says_nothing_and_comes(self):
        quiet, _ = await self.page(self.make('physics'))
        forever = asyncio.get_running_loop().create_future()
        for answer in (
            forever,
            {},
            {'explanations': None},
            {'explanations': []},
            {'explanations': [None, 7]},
            {'explanations': [{'fits': ['x'], 'room': 7}, {}]},
            {'explanations': [{'room': {'resources': [7]}}, {}]},
            {'explanations': [{'room': {'user_message': {}}}, {}]},
        ):
            with self.subTest(answer):
                page, _ = await self.page(self.make('physics'), answer)
                self.assertEqual(page.text, quiet.text)


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class InARealHub(RealHub):
    """A hub of the installed version, the service, and the embedded engine."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        small = {**PROFILES[0], 'override': {'mem_limit': '1G', 'env': {'SIZE': 's'}}}
        image = {'choices': {'a': {'override': {'image': 'demo/a'}}, 'b': {'override': {'image': 'demo/b'}}}}
        large = {'display_name': 'Large', 'override': {'mem_limit': '2G'}, 'profile_options': {'image': image}}
        secret = {'display_name': 'Secret', 'groups': ['nobody']}
        self.hub.config['SwarmSpawner']['profile_list'] = [small, large, secret]

    async def options(self, user):
        return (await self.hub.servers(user))['']['user_options']

    async def test_a_person_chooses_in_the_form_and_finds_the_choice_again(self):
        await self.hub.start()
        visitor = await Visitor(self.hub.origin).log_in('alice')
        page = (await visitor.get('/hub/spawn')).body.decode()
        self.assertIn('value="large"', page)
        self.assertNotIn('Secret', page)
        fields = {'profile': 'large', 'profile-option-large--image': 'b'}
        await visitor.post('/hub/spawn/alice', **fields)
        await self.hub.until(lambda: self.is_ready('alice'))
        self.assertEqual(await self.options('alice'), {'profile': 'large', 'image': 'b'})
        self.assertIn('demo/b', self.run_program('ls'))
        await self.hub.ask('DELETE', '/users/alice/server')
        await self.hub.until(self.is_gone)
        page = (await visitor.get('/hub/spawn')).body.decode()
        self.assertRegex(page, r'value="large"\s+checked')
        self.assertRegex(page, r'value="b" selected')

    async def is_gone(self):
        return not await self.hub.servers('alice')

    async def test_the_form_says_what_the_nodes_have_room_for(self):
        gpu = {'display_name': 'GPU', 'override': {'generic_resources': {'gpu': 1}}}
        some = {'display_name': 'Some', 'override': {'mem_guarantee': '64M'}}
        self.hub.config['SwarmSpawner']['profile_list'] = [gpu, some]
        await self.hub.start()
        visitor, pages = await Visitor(self.hub.origin).log_in('erin'), []

        async def is_told():
            pages.append(Page((await visitor.get('/hub/spawn')).body.decode()))
            return 'free' in pages[-1].text

        # On a busy machine the service may take longer than a form waits, which then says nothing.
        await self.hub.until(is_told, 60)
        [gpu, some] = pages[-1].all('input', type='radio')
        self.assertEqual(('disabled' in gpu, 'disabled' in some, 'checked' in some), (True, False, True))
        self.assertRegex(pages[-1].text, r'memory: [0-9.]+ of [0-9.]+ [GM]iB free')

    async def test_a_full_quota_is_told_in_the_form_on_the_page_and_over_rest(self):
        told = 'The only place for this kind of server is in use. Please try again when another server has stopped.'
        course = {'display_name': 'Course', 'quota': {'servers': 1}}
        self.hub.config['SwarmSpawner']['profile_list'] = [{'display_name': 'Small'}, course]
        self.hub.config['JupyterHub'] = {'template_paths': [swarmspawner.template_path]}
        await self.hub.start()
        await self.start_server('alice', body={'profile': 'course'})
        self.assertTrue(await self.is_ready('alice'), self.hub.log)
        visitor, pages = await Visitor(self.hub.origin).log_in('bob'), []

        async def is_told():
            pages.append(Page((await visitor.get('/hub/spawn')).body.decode()))
            return told in pages[-1].text

        await self.hub.until(is_told, 60)
        # It can be chosen, because waiting helps.
        self.assertFalse(any('disabled' in of for of in pages[-1].all('input', type='radio')))
        await visitor.post('/hub/spawn/bob', profile='course')

        async def is_over():
            return not any(server['pending'] for server in (await self.hub.servers('bob')).values())

        await self.hub.until(is_over)
        page = (await visitor.get('/hub/spawn-pending/bob')).body.decode()
        self.assertIn(told, re.sub(r'\s+', ' ', page))
        answer = await self.start_server('bob', body={'profile': 'course'})
        self.assertIn(told, json.loads(answer.body)['message'])
        self.assertNotIn('alice', answer.body.decode() + page + pages[-1].text)
        self.assertIn('profile course: quota.servers: 1 server of 1 server in use', self.hub.log)
        self.assertIn('they are held by alice', self.hub.log)
        await self.hub.ask('DELETE', '/users/alice/server')
        await self.hub.until(self.is_gone)
        await self.start_server('bob', body={'profile': 'course'})
        self.assertTrue(await self.is_ready('bob'), self.hub.log)

    async def test_form_and_progress_say_when_a_server_ends(self):
        short = {'display_name': 'Short', 'max_runtime': '8h'}
        self.hub.config['SwarmSpawner']['profile_list'] = [{'display_name': 'Small'}, short]
        await self.hub.start()
        visitor = await Visitor(self.hub.origin).log_in('alice')
        self.assertIn('Your server ends after 8 h at the latest.', (await visitor.get('/hub/spawn')).body.decode())
        before = datetime.datetime.now(datetime.timezone.utc)
        starting = asyncio.ensure_future(self.start_server('alice', body={'profile': 'short'}))

        async def is_begun():
            return bool(await self.hub.servers('alice'))

        await self.hub.until(is_begun)
        # Whoever comes late gets all events of the start.
        events = (await self.hub.ask('GET', '/users/alice/server/progress')).body.decode()
        await starting
        self.assertTrue(await self.is_ready('alice'), self.hub.log)
        [end] = re.findall(r'"message": "The server ends at ([^"]+)"', events)
        after = datetime.datetime.fromisoformat(end.replace('Z', '+00:00')) - before
        self.assertTrue(8 * 3600 <= after.total_seconds() < 9 * 3600, (end, before))

    async def test_a_person_who_sends_another_slug_comes_back_to_the_form_with_the_reason(self):
        await self.hub.start()
        visitor = await Visitor(self.hub.origin).log_in('mallory')
        answer = await visitor.post('/hub/spawn/mallory', profile='secret')
        page = answer.body.decode()
        self.assertIn('There is no profile secret for you. Your profiles: small, large', page)
        self.assertIn('value="large"', page)
        self.assertEqual(await self.hub.servers('mallory'), {})

    async def test_the_same_over_rest(self):
        await self.hub.start()
        answer = await self.start_server('bob', body={'profile': 'large', 'image': 'b'})
        self.assertIn(answer.code, (201, 202))
        self.assertTrue(await self.is_ready('bob'), self.hub.log)
        self.assertIn('demo/b', self.run_program('ls'))
        for body, told in (
            ({'profile': 'secret'}, 'Your profiles: small, large'),
            ({'profile': 'large', 'image': 'c'}, 'Your choices: a, b'),
            ({'profile': 'small', 'mem_limit': '64G'}, 'You cannot set mem_limit'),
            ([{'profile': 'secret'}], 'must be a JSON object'),
            ('secret', 'must be a JSON object'),
            (7, 'must be a JSON object'),
        ):
            answer = await self.start_server('mallory', body=body)
            self.assertEqual(answer.code, 400, answer.body)
            self.assertIn(told, answer.body.decode())
            self.assertFalse(await self.is_ready('mallory'))

    # Hubs from 5 on document queries.
    if HUB_VERSION >= (5, 0):

        async def test_the_same_by_a_query(self):
            await self.hub.start()
            visitor = await Visitor(self.hub.origin).log_in('carol')
            prefix = 'opt-' if HUB_VERSION >= (6, 0) else ''
            await visitor.get(f'/hub/spawn/carol?{prefix}profile=large&{prefix}image=b')
            await self.hub.until(lambda: self.is_ready('carol'))
            self.assertEqual(await self.options('carol'), {'profile': 'large', 'image': 'b'})
            other = await Visitor(self.hub.origin).log_in('dave')
            answer = await other.get(f'/hub/spawn/dave?{prefix}profile=secret')
            self.assertIn('There is no profile secret for you', re.sub('\\s+', ' ', answer.body.decode()))
