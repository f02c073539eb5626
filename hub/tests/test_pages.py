"""The pages of swarmspawner_templates say why a start failed, in a real hub and with hostile texts."""

import html
import pathlib
import re
import tempfile
import types

import swarmspawner
from hub_process import HubProcess
from hub_visitor import Visitor
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jupyterhub._data import DATA_FILES_PATH
from support import SECRET, HubTestCase
from test_real_hub import RealHub

HEADLINE = 'The server did not start'
TRACEBACK = 'Traceback (most recent call last)'


class Pages(RealHub):
    """Has one hub for all tests of a class. Its programs end at once, unless a user chooses another image."""

    form = ''

    async def asyncSetUp(self):
        await HubTestCase.asyncSetUp(self)
        if 'hub' not in vars(type(self)):
            await self.start_hub()

    @classmethod
    async def start_hub(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        settings = {'use_user_options': True, 'options_form': cls.form, 'start_timeout': 30, 'poll_interval': 1}
        config = {
            'JupyterHub': {'template_paths': [swarmspawner.template_path]},
            'Authenticator': {'admin_users': ['admin']},
            'SwarmSpawner': {'container_spec': {'image': 'demo/crash-at-start'}, **settings},
        }
        env = {'SWARMSPAWNER_URL': cls.service.found, 'SWARMSPAWNER_SECRET': SECRET}
        hub = HubProcess(directory.name, env, config)
        cls.addClassCleanup(hub.end)
        await hub.start()
        cls.hub = hub

    async def visitor(self, name):
        return await Visitor(self.hub.origin).log_in(name)

    async def read(self, visitor, path):
        """Returns the text of a page, and its HTML."""
        page = (await visitor.get(path)).body.decode()
        return html.unescape(re.sub(r'\s+', ' ', re.sub('<[^>]*>', ' ', page))), page


class WithoutForm(Pages):
    async def test_the_page_of_a_failed_start_has_headline_sentence_lines_and_a_button(self):
        await self.start_server('alice')
        text, page = await self.read(await self.visitor('alice'), '/hub/spawn-pending/alice')
        for words in (HEADLINE, 'ended with an error (exit code 1). Please try again.', TRACEBACK, 'Try again'):
            self.assertIn(words, text)
        for words in ('Spawn failed', 'Relaunch', 'Launch Server'):
            self.assertNotIn(words, text)
        self.assertIn('role="alert"', page)
        self.assertRegex(page, r'<a id="start"[^>]* href="/hub/spawn/alice/?"')

    async def test_the_last_lines_are_shown_to_those_only_who_may_start_the_server(self):
        await self.start_server('bob')
        for name, sees in (('bob', True), ('admin', True), ('mallory', False)):
            with self.subTest(name):
                text, _ = await self.read(await self.visitor(name), '/hub/spawn-pending/bob')
                self.assertEqual(TRACEBACK in text, sees)
        for path in ('/users/bob/server/progress', '/users/bob'):
            answer = await self.hub.ask('GET', path)
            self.assertEqual(answer.code, 200)
            self.assertNotIn('Traceback', answer.body.decode())

    async def test_the_page_of_a_named_server_names_it(self):
        await self.start_server('carol', 'servers/lab')
        text, page = await self.read(await self.visitor('carol'), '/hub/spawn-pending/carol/lab')
        self.assertIn('The server lab did not start', text)
        self.assertIn(TRACEBACK, text)
        self.assertIn('href="/hub/spawn/carol/lab"', page)

    async def test_the_page_of_a_start_has_a_place_for_its_failure(self):
        dave = await self.visitor('dave')
        # No script reads the progress here, so this page stays as it is.
        text, page = await self.read(dave, '/hub/spawn/dave?image=demo/pull-forever')
        self.assertIn('Your server is starting up', text)
        self.assertIn('<div id="swarmspawner-failure" role="alert"></div>', page)
        self.assertNotIn(HEADLINE, text)

    async def test_a_start_that_fails_at_once_has_the_same_on_the_error_page(self):
        # A start without options takes those of the last one.
        await self.start_server('erin', body={'privileged': True})
        text, page = await self.read(await self.visitor('erin'), '/hub/spawn')
        for words in (HEADLINE, 'with what you chose for "privileged". Please choose', 'Try again'):
            self.assertIn(words, text)
        for words in ('400 :', '500 :'):
            self.assertNotIn(words, text)
        self.assertIn('href=""', page)

    async def test_the_page_of_a_server_that_has_ended_says_why_until_the_next_start(self):
        grace = await self.visitor('grace')
        await self.start_server('grace', body={'image': 'demo/dies-later'})

        async def has_ended():
            return not await self.hub.servers('grace')

        await self.hub.until(has_ended)
        for path in ('/hub/user/grace/', '/hub/user/grace/lab/tree/a', '/hub/spawn-pending/grace', '/hub/home'):
            with self.subTest(path):
                text, _ = await self.read(grace, path)
                self.assertIn('The program of your server ended with an error (exit code 1). Please try again.', text)
                self.assertIn('Start My Server' if path == '/hub/home' else 'Server not running', text)
        await self.start_server('grace', body={'image': 'demo/notebook'})
        await self.hub.ask('DELETE', '/users/grace/server')
        text, _ = await self.read(grace, '/hub/user/grace/')
        self.assertIn('Server not running', text)
        self.assertNotIn('ended', text)

    async def test_all_else_that_these_pages_say_stays_the_hubs(self):
        frank = await self.visitor('frank')
        for path, words in (
            ('/hub/home', 'My Server'),
            ('/hub/spawn-pending/frank', 'Server not running'),
            ('/hub/spawn-pending/frank/nosuch', '404 : '),
            ('/hub/spawn/nobody', '404 : '),
        ):
            with self.subTest(path):
                text, _ = await self.read(frank, path)
                self.assertIn(words, text)
                self.assertNotIn(HEADLINE, text)


class WithForm(Pages):
    form = '<input name="image" value="demo/notebook">'

    async def test_the_button_leads_back_to_the_form(self):
        await self.start_server('alice')
        alice = await self.visitor('alice')
        text, page = await self.read(alice, '/hub/spawn-pending/alice')
        self.assertIn('Back to the options', text)
        self.assertNotIn('Try again', text)
        _, form = await self.read(alice, re.search('<a id="start"[^>]* href="([^"]+)"', page)[1])
        self.assertIn(self.form, form)
        self.assertIn('Server Options', form)

    async def test_a_start_that_fails_at_once_comes_back_to_the_form(self):
        # JupyterHub waits for one second. A start that takes longer, as on a busy machine, gets a redirect without a page.
        for name in ('bob', 'bill', 'ben', 'bert', 'bela'):
            visitor = await self.visitor(name)
            await visitor.get('/hub/spawn')
            page = (await visitor.post('/hub/spawn', privileged='1')).body.decode()
            if page:
                break
        for words in (HEADLINE, 'choose again', 'what you chose for &#34;privileged&#34;', self.form):
            self.assertIn(words, page)


class Rendered(HubTestCase):
    """The templates alone, on top of the hub's own."""

    HOSTILE = '<script>hacked=1</script><img src=x onerror=hacked=1>"\'></pre></div>{{ 7*7 }}'

    def render(self, template, spawners=None, **names):
        base = str(pathlib.Path(DATA_FILES_PATH) / 'templates')
        prefixed = PrefixLoader({'templates': FileSystemLoader([base])}, '/')
        ours = FileSystemLoader([swarmspawner.template_path, base])
        environment = Environment(loader=ChoiceLoader([prefixed, ours]), autoescape=True)
        user = types.SimpleNamespace(
            name='alice',
            json_escaped_name='alice',
            spawner=types.SimpleNamespace(options_form=''),
            spawners={'': types.SimpleNamespace(options_form='', user_options={})},
        )
        user.spawners[self.HOSTILE] = user.spawners['']
        if spawners is not None:
            user.spawners = spawners
        page = environment.get_template(template).render(
            static_url=lambda path, **more: path, user=user, base_url='/hub/', parsed_scopes={}, **names
        )
        return page

    def assert_is_text(self, page):
        self.assertNotIn('<script>hacked', page)
        self.assertNotIn('<img src=x', page)
        self.assertNotIn('49', re.sub(r'(?s)<(style|head|nav).*?</\1>', '', page))
        self.assertIn('&lt;script&gt;hacked=1&lt;/script&gt;', page)

    def test_hostile_words_lines_and_names_are_text(self):
        exception = swarmspawner.SpawnFailed(self.HOSTILE, last_lines=[self.HOSTILE, self.HOSTILE])
        words = {
            'failed': True,
            'exception': exception,
            'failed_message': exception.jupyterhub_message,
            'failed_html_message': exception.jupyterhub_html_message,
            'server_name': self.HOSTILE,
            'spawn_url': '/hub/spawn/alice/x',
        }
        page = self.render('not_running.html', **words)
        self.assert_is_text(page)
        # The headline, the sentence, and two lines.
        self.assertEqual(page.count('&lt;script&gt;hacked'), 4)
        self.assert_is_text(self.render('error.html', exception=exception, status_code=500))
        self.assert_is_text(
            self.render('spawn.html', error_message=str(exception), spawner_options_form='', url='/hub/spawn')
        )

    def test_the_home_page_tells_of_a_maintenance_as_text(self):
        planned = {'at': '2099-01-01T18:00:00.000Z', 'at_words': '2099-01-01 18:00 UTC', 'message': self.HOSTILE}
        spawners = {
            self.HOSTILE: types.SimpleNamespace(maintenance=planned, active=True),
            'of another class': types.SimpleNamespace(active=True),
            'stopped': types.SimpleNamespace(maintenance=planned, active=False),
        }
        names = {'default_server': spawners['stopped'], 'url': '/hub/spawn', 'allow_named_servers': False}
        page = self.render('home.html', spawners=spawners, **names)
        self.assert_is_text(page)
        self.assertEqual(page.count('will be stopped for maintenance at'), 1)
        self.assertIn('<time datetime="2099-01-01T18:00:00.000Z">2099-01-01 18:00 UTC</time>', page)
        self.assertNotIn('maintenance at', self.render('home.html', spawners={}, **names))

    def test_the_home_page_says_as_text_why_servers_have_ended(self):
        spawners = {
            '': types.SimpleNamespace(ended_message='New disks.', active=False),
            'lab': types.SimpleNamespace(ended_message=self.HOSTILE, active=False),
            'starts': types.SimpleNamespace(ended_message='of an earlier one', active=True),
            'of another class': types.SimpleNamespace(active=False),
        }
        names = {'default_server': spawners[''], 'url': '/hub/spawn', 'allow_named_servers': False}
        page = self.render('home.html', spawners=spawners, **names)
        self.assert_is_text(page)
        self.assertEqual(page.count('swarmspawner-ended'), 2)
        self.assertRegex(page, r'(?s)role="status">\s+New disks\..*role="status">\s+lab: &lt;script')

    def test_the_page_of_a_server_that_does_not_run_says_as_text_why_it_ended(self):
        spawners = {
            '': types.SimpleNamespace(ended_message=self.HOSTILE),
            'lab': types.SimpleNamespace(ended_message=None),
            'of another class': types.SimpleNamespace(),
        }
        names = {'spawners': spawners, 'spawn_url': '/hub/spawn/alice'}
        page = self.render('not_running.html', server_name='', **names)
        self.assert_is_text(page)
        self.assertEqual(page.count('swarmspawner-ended'), 1)
        for name in ('lab', 'of another class'):
            self.assertNotIn('swarmspawner-ended', self.render('not_running.html', server_name=name, **names))
        for words in ('Server not running', 'href="/hub/spawn/alice"'):
            self.assertIn(words, page)

    def test_a_failure_that_is_not_ours_has_a_headline_and_a_button_too(self):
        page = self.render(
            'not_running.html', failed=True, exception=TimeoutError(), server_name='', spawn_url='/hub/spawn/alice'
        )
        for words in (HEADLINE, 'tell your administrator', 'href="/hub/spawn/alice"', 'Try again'):
            self.assertIn(words, page)
        self.assertNotIn('<pre', page)
