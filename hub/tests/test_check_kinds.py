"""`check`: what public configurations have in them, in lines of our own."""

from check_support import RIGHT, UNCHECKED, CheckTestCase, said


class Functions(CheckTestCase):
    async def test_a_variable_that_needs_a_real_user_is_no_reason_to_end(self):
        text = RIGHT + "IDS = {'ada': 1001}\nc.Spawner.environment = {'ID': lambda spawner: IDS[spawner.user.name]}\n"
        self.assertEqual(await self.lines(text), [])
        self.assert_says(said(self.last, UNCHECKED), 7, 'a function in the settings needs a user: KeyError')
        self.assertEqual(self.last.unasked, 'it is not asked; --user NAME asks it about a user')
        await self.checked(text, '--user', 'ada')
        self.assertNotIn('needs a user', str(said(self.last, UNCHECKED)))


class Authenticators(CheckTestCase):
    async def test_one_whose_module_is_missing_names_the_module(self):
        lines = await self.lines(RIGHT + "c.JupyterHub.authenticator_class = 'no_such_module.Auth'\n")
        self.assert_says(
            lines, 6, 'c.JupyterHub.authenticator_class cannot be used: the module no_such_module is missing'
        )

    async def test_a_short_name_is_no_module(self):
        lines = await self.lines(RIGHT + "c.JupyterHub.authenticator_class = 'no-such-oauth'\n")
        self.assert_says(lines, 6, 'no package that is installed has this name for it')

    async def test_one_that_its_module_does_not_have_is_told_in_plain_words(self):
        lines = await self.lines(RIGHT + "c.JupyterHub.authenticator_class = 'jupyterhub.auth.NoSuchOne'\n")
        self.assert_says(lines, 6, 'its module has no class of this name')
        self.assertNotIn(' object at 0x', str(lines))
