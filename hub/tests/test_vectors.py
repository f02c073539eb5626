"""What both languages agree on: the same files are read by the tests of the service."""

import hashlib
import json
import re
import unicodedata
import unittest

from support import ROOT, needs
from swarmspawner import is_secret, sign

VECTORS = ROOT / 'test' / 'vectors'


def read(name):
    return json.loads((VECTORS / name).read_text(encoding='utf-8'))


def service_name(username, server_name, service_prefix):
    """The rule of the README in words of our own; the hub itself never needs the name before the service says it."""
    stem = f'{service_prefix}-{hashlib.md5(username.encode()).hexdigest()}-'
    room = 63 - len(stem)
    if server_name == '':
        return f'{stem}1'
    is_plain = re.fullmatch('[a-z0-9]+([-_]+[a-z0-9]+)*', server_name)
    looks_hashed = re.search('(^|--)[0-9a-f]{8}$', server_name)
    if is_plain and not looks_hashed and server_name != '1' and len(server_name) <= room:
        return stem + server_name
    mark = hashlib.sha256(server_name.encode()).hexdigest()[:8]
    plain = re.sub('[^a-z0-9]+', '-', unicodedata.normalize('NFKD', server_name).lower()).strip('-')
    slug = plain[: max(0, room - len(mark) - 2)].rstrip('-')
    return stem + (f'{slug}--{mark}' if slug else mark)


@needs(VECTORS.is_dir(), 'test/vectors is not beside hub')
class Vectors(unittest.TestCase):
    def test_of_signatures_hold(self):
        for vector in read('signatures.json'):
            with self.subTest(vector['title']):
                self.assertTrue(is_secret(vector['secret']))
                headers = sign(vector['secret'], vector['id'], vector['timestamp'], vector['body'])
                self.assertEqual(headers, vector['headers'])

    def test_of_service_names_hold(self):
        for vector in read('service-names.json'):
            expected = vector.pop('name')
            with self.subTest(expected):
                self.assertEqual(service_name(**vector), expected)
