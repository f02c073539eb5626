"""The class and the service follow the same rules: the tests of both read the same files."""

import json
import re
import unittest

from support import ROOT, needs, service_name
from swarmspawner import is_answer, is_name_of, is_secret, is_url_of, owner_of, printable, sign

VECTORS = ROOT / 'test' / 'vectors'


def read(name):
    return json.loads((VECTORS / name).read_text(encoding='utf-8'))


@needs(VECTORS.is_dir(), 'test/vectors is not beside hub')
class Vectors(unittest.TestCase):
    def test_signatures_are_those_of_the_vectors(self):
        for vector in read('signatures.json'):
            with self.subTest(vector['title']):
                self.assertTrue(is_secret(vector['secret']))
                headers = sign(vector['secret'], vector['id'], vector['timestamp'], vector['body'])
                self.assertEqual(headers, vector['headers'])

    def test_service_names_are_those_of_the_vectors(self):
        for vector in read('service-names.json'):
            expected = vector.pop('name')
            with self.subTest(expected):
                self.assertEqual(service_name(**vector), expected)
                self.assertTrue(is_name_of(expected, vector))

    def test_each_service_name_is_good_for_one_server(self):
        vectors = read('service-names.json')
        for name in {vector['name'] for vector in vectors}:
            servers = {(v['username'], v['server_name'], v['service_prefix']) for v in vectors if v['name'] == name}
            for vector in vectors:
                key = vector['username'], vector['server_name'], vector['service_prefix']
                with self.subTest(name, server=key):
                    self.assertEqual(is_name_of(name, vector), key in servers)

    def test_each_host_leads_to_its_server_and_to_no_other(self):
        vectors = read('server-hosts.json')
        for vector in vectors:
            name, host, server = vector['service_name'], vector['host'], {'username': vector['username']}
            with self.subTest(host):
                self.assertTrue(is_url_of(f'http://{host}:8888', name, server))
                self.assertTrue(is_url_of(f'http://{name}:8888', name, server))
                for other in vectors:
                    if other['service_name'] != name:
                        self.assertFalse(is_url_of(f'http://{other["host"]}:8888', name, server))

    def test_no_pattern_is_compiled_for_a_single_server(self):
        # The name of this service ends with a hash.
        vector = next(one for one in read('service-names.json') if one['server_name'] == '1')
        owner = owner_of(vector)
        re.purge()
        for number in range(50):
            server = {**vector, 'username': f'user-{number}'}
            name = vector['name'].replace(owner, owner_of(server))
            self.assertTrue(is_name_of(name, server))
            self.assertTrue(is_url_of(f'http://{name}:8888', name, server))
        self.assertLess(len(re._cache), 10)

    def test_answers_are_believed_as_the_vectors_say(self):
        for vector in read('answers.json'):
            with self.subTest(vector['title']):
                call, answer = vector['call'], vector['answer']
                headers = {name: value for name, value in answer['headers'].items() if name != 'webhook-id'}
                body = answer['body'].encode()
                is_ours = is_answer(vector['secret'], call['id'], call['body'], headers, body)
                self.assertEqual(is_ours, vector['accepted'])

    def test_printable_texts_are_those_of_the_vectors(self):
        for vector in read('printable-texts.json'):
            with self.subTest(vector['title']):
                self.assertEqual(printable(vector['text']), vector['printable'])
