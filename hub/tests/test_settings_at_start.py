"""When a hub starts, its log says what is wrong with the settings, before anybody starts a server."""

import asyncio
import logging
import tempfile
import types
import unittest
from unittest import mock

import swarmspawner
from jupyterhub.app import JupyterHub
from support import SECRET, URL, HubTestCase
from swarmspawner import SwarmSpawner
from traitlets.config import Config, Configurable


class SettingsAtStart(HubTestCase):
    def told(self, spawner_class=SwarmSpawner, sections=None, **config):
        """Returns what a hub with this configuration logs. `sections` are those of other classes."""
        config = Config({**(sections or {}), 'SwarmSpawner': {'service_url': URL, 'service_secret': SECRET, **config}})
        hub = types.SimpleNamespace(config=config, spawner_class=spawner_class, log=logging.getLogger('traitlets'))
        initialized = mock.patch.object(JupyterHub, 'initialized', lambda: True)
        with initialized, mock.patch.object(JupyterHub, 'instance', lambda: hub):
            with self.assertLogs('traitlets', 'INFO') as logged:
                hub.log.info('only this')
                swarmspawner.log_settings_of_hub()
        return '\n'.join(logged.output[1:])

    async def test_the_log_says_nothing_if_all_is_well(self):
        self.assertEqual(self.told(options_form='<input>', use_user_options=True), '')

    async def test_the_log_names_a_secret_that_is_missing_or_wrong(self):
        with tempfile.TemporaryDirectory() as directory:
            for path in (f'{directory}/secret', directory):
                told = self.told(service_secret='', service_secret_file=path)
                self.assertIn(f'service_secret_file: {path}', told)
        self.assertIn('service_secret must be whsec_', self.told(service_secret=''))
        self.assertNotIn('hunter2', self.told(service_secret='hunter2'))

    async def test_the_log_names_a_file_for_tls_that_cannot_be_read(self):
        with tempfile.TemporaryDirectory() as directory:
            for path in (f'{directory}/ca.pem', directory):
                told = self.told(service_url='https://x', service_ca=path)
                self.assertIn(f'service_ca: {path} cannot be read', told)

    async def test_the_log_names_a_setting_that_does_not_exist(self):
        self.assertIn('c.SwarmSpawner.netwerks is not a setting', self.told(netwerks=[]))

    async def test_the_log_names_the_settings_of_other_spawners_and_warns_of_those_without_effect(self):
        others = {'DockerSpawner': {'volumes': {}, 'remove': True}, 'Spawner': {'network_name': 'x'}}
        # traitlets has a line of its own for what it does not know in the sections of our class.
        told = self.told(sections=others).splitlines()
        (line,) = [line for line in told if 'c.DockerSpawner.remove has no effect: ' in line]
        self.assertTrue(line.startswith('WARNING'), line)
        for name in ('c.DockerSpawner.volumes', 'c.Spawner.network_name'):
            (line,) = [line for line in told if line.startswith(f'ERROR:traitlets:{name} is not a setting')]
            self.assertIn('No server can be started', line)

        class Wrapper:
            pass

        self.assertNotIn('DockerSpawner', self.told(Wrapper, sections=others))

    async def test_the_log_names_a_setting_whose_value_has_a_wrong_type(self):
        self.assertIn('stop_timeout', self.told(stop_timeout='soon'))

    async def test_the_log_names_all_values_of_a_wrong_type_without_the_values(self):
        wrong = {
            'stop_timeout': 'hunter2',
            'container_spec': 'hunter2',
            'endpoint': 'hunter2',
            'args': [2],
            'cmd': [['hunter2, not hunter2']],
            'environment': {1: 'hunter2'},
            'mem_limit': 'hunter2',
            'networks': {'hunter2'},
            'netwerks': 'hunter2',
        }
        told = self.told(**wrong)
        self.assertNotIn('hunter2', told)
        for line in (
            'c.SwarmSpawner.stop_timeout is a str, and must be an int',
            'c.SwarmSpawner.container_spec is a str, and must be a dict',
            'c.SwarmSpawner.networks is a set, and must be a list',
            'c.SwarmSpawner.endpoint is a str, and must be any of ',
            'c.SwarmSpawner.args has an item that is not a unicode string',
            'c.SwarmSpawner.mem_limit cannot be used: its value is not a valid memory specification',
            'c.SwarmSpawner.netwerks is not a setting of SwarmSpawner',
        ):
            self.assertEqual(len([said for said in told.splitlines() if f'ERROR:traitlets:{line}' in said]), 1, told)

    async def test_the_log_names_a_section_whose_name_has_a_typing_error(self):
        for wrong, meant in (
            ('SwarmSpawnr', 'SwarmSpawner'),
            ('Swarmspawner', 'SwarmSpawner'),
            ('swarmspawner', 'SwarmSpawner'),
            ('Jupyterhub', 'JupyterHub'),
        ):
            told = self.told(sections={wrong: {'networks': []}})
            self.assertIn(f'Nothing reads c.{wrong} (is it c.{meant}?); correct its name. No server', told)

        class SwarmSpawners(Configurable):
            pass

        for fine in ('JupyterHub', 'JupyterHubApp', 'SwarmSpawners', 'Authenticator', 'SwarmAuthenticator'):
            self.assertEqual(self.told(sections={fine: {'x': 1}}), '')

    async def test_the_log_names_what_no_server_can_have_and_what_is_not_as_it_looks(self):
        told = self.told(sections={'JupyterHub': {'internal_ssl': True}})
        self.assertIn('ERROR:traitlets:c.JupyterHub.internal_ssl is not supported', told)
        told = self.told(labels={'a': object()})
        self.assertIn('ERROR:traitlets:c.SwarmSpawner.labels cannot be sent as JSON', told)
        self.assertIn('WARNING:traitlets:c.SwarmSpawner.tls_config is not used', self.told(tls_config={'a': 1}))
        outside = {'notebook_dir': '/work', 'mounts': ['a:/home']}
        self.assertIn('notebook_dir lies outside of every mount', self.told(**outside))
        # A hook may change the mounts, and only a user's name fills a placeholder.
        self.assertEqual(self.told(**outside, pre_spawn_hook=lambda spawner: None), '')
        self.assertEqual(self.told(notebook_dir='/home/{username}', mounts=['a:/work']), '')

    async def test_the_log_warns_of_a_form_whose_options_nothing_reads(self):
        self.assertIn('options_form has no effect', self.told(options_form='<input>'))
        self.assertEqual(self.told(options_form='<input>', pre_spawn_hook=lambda spawner: None), '')

        class Own(SwarmSpawner):
            pass

        self.assertEqual(self.told(Own, options_form='<input>'), '')

    async def test_the_log_says_that_a_class_that_needs_a_user_cannot_be_checked(self):
        class Own(SwarmSpawner):
            def __init__(self, **named):
                raise KeyError('user')

        self.assertIn("The settings of Own could not be checked: 'user'", self.told(Own, service_secret=''))

    async def test_the_settings_are_checked_once_the_configuration_is_read(self):
        with mock.patch.object(swarmspawner, 'log_settings_of_hub') as log:
            swarmspawner.log_settings_when_hub_runs()
            log.assert_not_called()
            await asyncio.sleep(0)
        log.assert_called_once_with()


class WithoutAHub(unittest.TestCase):
    def test_nothing_is_checked_without_a_hub(self):
        self.assertIsNone(swarmspawner.log_settings_when_hub_runs())
        with mock.patch.object(JupyterHub, 'initialized', lambda: False):
            self.assertIsNone(swarmspawner.log_settings_of_hub())
