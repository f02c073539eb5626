"""The class and the real service over TLS, with certificates that the tests make."""

import pathlib
import subprocess
import tempfile
from unittest import mock

import swarmspawner
from support import NODE_IS_THERE, SECRET, Process, ServedTestCase, needs
from swarmspawner import Refused, Service, SpawnFailed, Unreachable


def openssl(directory, *args):
    subprocess.run(['openssl', *args], cwd=directory, check=True, capture_output=True)


class Authority:
    """A certificate authority that signs for addresses of this machine."""

    def __init__(self, directory, name):
        self.directory = pathlib.Path(directory) / name
        self.directory.mkdir()
        self.ca = str(self.directory / 'ca.pem')
        new_key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
        self._new = ['req', *new_key]
        openssl(self.directory, *self._new, '-x509', '-subj', f'/CN={name}', '-keyout', 'ca.key', '-out', 'ca.pem')

    def issue(self, name, address='127.0.0.1'):
        """Makes a certificate, and returns the paths of it and its key."""
        cert, key = f'{name}.pem', f'{name}.key'
        alternative = ['-subj', f'/CN={name}', '-addext', f'subjectAltName=IP:{address}']
        openssl(self.directory, *self._new, *alternative, '-keyout', key, '-out', 'request.pem')
        signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy']
        openssl(self.directory, 'x509', '-req', '-in', 'request.pem', *signer, '-days', '2', '-out', cert)
        return str(self.directory / cert), str(self.directory / key)


@needs(NODE_IS_THERE, 'not there: node, or dist/cli.js (npm run build)')
class OverTls(ServedTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.authority = Authority(directory.name, 'ours')
        cls.stranger = Authority(directory.name, 'strangers')
        cert, key = cls.authority.issue('service')
        tls = {'SWARMSPAWNER_TLS_CERT': cert, 'SWARMSPAWNER_TLS_KEY': key}
        cls.url = cls.start_service(tls)
        cls.mutual_url = cls.start_service({**tls, 'SWARMSPAWNER_TLS_CLIENT_CA': cls.authority.ca})
        other_cert, other_key = cls.authority.issue('other', address='127.0.0.2')
        cls.misnamed_url = cls.start_service({'SWARMSPAWNER_TLS_CERT': other_cert, 'SWARMSPAWNER_TLS_KEY': other_key})

    @classmethod
    def start_service(cls, env):
        service = Process('serve', until='listening on ([^"]+)', env={**cls.env, **env})
        cls.addClassCleanup(service.end)
        return service.found

    def setUp(self):
        self.hub_cert, self.hub_key = self.authority.issue('hub')

    async def polled(self, url, **files):
        service = Service(url, SECRET, **files)
        return (await service.call('poll', {'server': {'username': 'alice'}}, 5))['state']

    async def unreachable(self, url, **files):
        with self.assertRaises(Unreachable) as raised:
            await self.polled(url, **files)
        return str(raised.exception)

    async def refused(self, url, **files):
        with self.assertRaises(Refused) as raised:
            await self.polled(url, **files)
        return str(raised.exception)

    async def test_a_service_of_a_known_authority_is_asked(self):
        self.assertEqual(await self.polled(self.url, ca=self.authority.ca), 'absent')

    async def test_a_service_of_another_authority_is_unreachable(self):
        for ca in ('', self.stranger.ca):
            self.assertIn('certificate verify failed', await self.unreachable(self.url, ca=ca))

    async def test_a_service_with_the_certificate_of_another_host_is_unreachable(self):
        self.assertIn('certificate', await self.unreachable(self.misnamed_url, ca=self.authority.ca))

    async def test_the_hub_shows_its_certificate_to_a_service_that_asks_for_it(self):
        files = {'ca': self.authority.ca, 'cert': self.hub_cert, 'key': self.hub_key}
        self.assertEqual(await self.polled(self.mutual_url, **files), 'absent')

    async def test_a_service_that_asks_for_a_certificate_refuses_none_and_a_strangers(self):
        await self.unreachable(self.mutual_url, ca=self.authority.ca)
        cert, key = self.stranger.issue('hub')
        await self.unreachable(self.mutual_url, ca=self.authority.ca, cert=cert, key=key)

    async def test_files_that_are_missing_or_have_no_effect_are_refused_by_name(self):
        ca = self.authority.ca
        self.assertIn('service_url is not an https', await self.refused('http://127.0.0.1:1', ca=ca))
        self.assertIn('service_ca: /none cannot be read', await self.refused(self.url, ca='/none'))
        self.assertIn('both', await self.refused(self.url, ca=ca, cert=self.hub_cert))

    async def test_the_settings_of_the_spawner_are_used(self):
        files = {'service_ca': self.authority.ca, 'service_cert': self.hub_cert, 'service_key': self.hub_key}
        image = {'container_spec': {'image': 'demo/notebook'}, 'networks': ['jupyterhub']}
        spawner = self.make_spawner(config={'service_url': self.mutual_url, **files, **image})
        for look in ('connect_problem', 'hub_problem'):
            self.patch(mock.patch.object(swarmspawner, look, mock.AsyncMock(return_value=None)))
        self.assertRegex(await spawner.start(), '^http://jupyter-')
        self.assertIsNone(await spawner.poll())
        await spawner.stop()

    async def test_the_files_come_from_the_environment_by_default(self):
        files = {'SWARMSPAWNER_CA': '/ca.pem', 'SWARMSPAWNER_CERT': '/c.pem', 'SWARMSPAWNER_KEY': '/k.pem'}
        with mock.patch.dict('os.environ', files):
            spawner = self.make_spawner()
            self.assertEqual(
                (spawner.service_ca, spawner.service_cert, spawner.service_key), ('/ca.pem', '/c.pem', '/k.pem')
            )

    async def test_a_start_that_does_not_trust_the_service_says_so_and_a_poll_is_none(self):
        config = {'service_url': self.url, 'container_spec': {'image': 'demo/notebook'}, 'start_timeout': 1}
        spawner = self.make_spawner(config=config)
        with self.assertRaises(SpawnFailed), self.assertLogs(spawner.log, 'WARNING') as logged:
            await spawner.start()
        self.assertIn('certificate verify failed', str(logged.output))
        self.assertIsNone(await spawner.poll())
