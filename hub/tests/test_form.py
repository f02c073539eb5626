from support import ScriptedTestCase
from tornado.web import HTTPError


class Form(ScriptedTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.spawner = self.make_spawner()

    def read(self, **fields):
        return self.spawner.options_from_form({name.replace('__', '.'): values for name, values in fields.items()})

    async def test_a_form_nests_fields_whose_names_have_dots(self):
        options = self.read(image=['a'], resource_spec__mem_limit=['1073741824'], resource_spec__cpu_limit=['1'])
        self.assertEqual(options, {'image': 'a', 'resource_spec': {'mem_limit': 1073741824, 'cpu_limit': 1}})

    async def test_a_form_reads_what_looks_like_json_and_leaves_text_alone(self):
        for text, value in (
            ('{"a": [1]}', {'a': [1]}),
            ('["x", "y"]', ['x', 'y']),
            ('-7', -7),
            (' quay.io/image:1 ', 'quay.io/image:1'),
            ('1.5G', '1.5G'),
            ('true', 'true'),
            ('null', 'null'),
            ('2024-01-01', '2024-01-01'),
            ('{{.Node.Hostname}}x', None),
        ):
            with self.subTest(text):
                if value is None:
                    with self.assertRaises(HTTPError):
                        self.read(x=[text])
                else:
                    self.assertEqual(self.read(x=[text]), {'x': value})

    async def test_a_form_leaves_empty_fields_out_and_keeps_several_values(self):
        self.assertEqual(self.read(empty=[''], blank=['  '], networks=['a', 'b'], one=['', 'x']), {
            'networks': ['a', 'b'],
            'one': 'x',
        })

    async def test_a_form_refuses_what_cannot_be_options(self):
        for name, fields in (
            ('a file', {'x_file': [{'filename': 'a', 'body': b'\xff', 'content_type': 'text/plain'}]}),
            ('bytes', {'x': [b'a']}),
            ('broken JSON', {'x': ['{"a": ']}),
            ('a field inside a text', {'a': ['1'], 'a__b': ['2']}),
            ('a text in place of a field', {'a__b': ['2'], 'a': ['1']}),
            ('a number that JSON does not know', {'x': ['007']}),
        ):
            with self.subTest(name), self.assertRaises(HTTPError) as raised:
                self.read(**fields)
            self.assertEqual(raised.exception.status_code, 400)

    async def test_the_hubs_own_fields_are_no_options(self):
        fields = {'_xsrf': ['2|a|b'], 'next': ['/hub/home'], 'image': ['a']}
        seen = []

        def own(form):
            seen.append(form)
            return form

        for reader, options in ((None, {'image': 'a'}), (own, {'image': ['a']})):
            config = {'options_from_form': reader} if reader else {}
            spawner = self.make_spawner(config=config)
            self.assertEqual(spawner.run_options_from_form(fields), options)
            self.assertEqual(spawner.options_from_query(fields), options)
        self.assertEqual(seen, [{'image': ['a']}] * 2)

    async def test_a_query_with_nothing_but_the_hubs_own_fields_is_no_choice(self):
        # The hub takes the user's last options then.
        self.assertIsNone(self.spawner.options_from_query({'_xsrf': ['2|a|b']}))

    async def test_the_admins_own_function_reads_the_form_if_it_is_set(self):
        self.spawner = self.make_spawner(config={'options_from_form': lambda form: {'mine': form}})
        self.assertEqual(self.read(a=['1']), {'mine': {'a': ['1']}})
