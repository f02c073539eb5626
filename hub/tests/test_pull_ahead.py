"""When a hub starts, it tells the service which images its servers run, if its admin wants that."""

import asyncio
import logging
import types
from unittest import mock

import swarmspawner
from jupyterhub.app import JupyterHub
from support import SECRET, URL, ScriptedTestCase
from swarmspawner import Refused, SwarmSpawner, Unreachable
from traitlets.config import Config

ANSWER = {'images': [], 'removed': []}
GPU = {'image': 'lab/gpu:1', 'placement': ['node.labels.gpu==true'], 'mem_limit': '4G'}


class PullAhead(ScriptedTestCase):
    async def start_hub(self, answers=(ANSWER,), spawner_class=SwarmSpawner, **config):
        """Starts what a hub with this configuration starts. Returns the service's script, and the hub's log."""
        service = self.script(*answers)
        config = Config({'SwarmSpawner': {'service_url': URL, 'service_secret': SECRET, **config}})
        hub = types.SimpleNamespace(config=config, spawner_class=spawner_class, log=logging.getLogger('traitlets'))
        initialized = mock.patch.object(JupyterHub, 'initialized', lambda: True)
        with initialized, mock.patch.object(JupyterHub, 'instance', lambda: hub):
            with self.assertLogs('traitlets', 'INFO') as logged:
                hub.log.info('only this')
                swarmspawner.pull_images_of_hub()
                for _ in answers:
                    await self.settle()
                    await asyncio.sleep(swarmspawner.PULL_PAUSE_MAX)
        return service, '\n'.join(logged.output[1:])

    async def pulled(self, **config):
        service, _ = await self.start_hub(pull_images_ahead=True, **config)
        [request] = service.sent('pull')
        return request

    async def test_it_is_off_by_default(self):
        service, told = await self.start_hub(container_spec={'image': 'lab/nb:1'})
        self.assertEqual((service.calls, told), ([], ''))

    async def test_the_image_of_the_settings_is_sent_with_its_nodes_and_nothing_else(self):
        request = await self.pulled(
            container_spec={'image': 'lab/nb:1', 'env': ['SECRET=x'], 'mounts': []},
            placement=['node.role==worker'],
            environment={'TOKEN': 'hunter2'},
        )
        config = {'container_spec': {'image': 'lab/nb:1'}, 'placement': ['node.role==worker']}
        self.assertEqual(request, {'config': config, 'profiles': [], 'is_all': True})

    async def test_each_profile_and_each_choice_of_an_image_is_sent(self):
        options = {
            'python': {
                'display_name': 'Python',
                'choices': {
                    'new': {'display_name': 'New', 'override': {'image': 'lab/py:3', 'mem_limit': '1G'}},
                    'same': {'display_name': 'Same', 'override': {'mem_limit': '2G'}},
                },
            }
        }
        request = await self.pulled(
            service_image='lab/nb:1',
            profile_list=[
                {'display_name': 'Plain', 'slug': 'plain', 'profile_options': options},
                {'display_name': 'GPU', 'slug': 'gpu', 'override': GPU},
            ],
        )
        choice = {'option': 'python', 'choice': 'new', 'override': {'image': 'lab/py:3'}}
        self.assertEqual(
            request['profiles'],
            [
                {'slug': 'plain', 'override': {}},
                {'slug': 'plain', 'override': {}, 'choices': [choice]},
                {'slug': 'gpu', 'override': {name: GPU[name] for name in ('image', 'placement')}},
            ],
        )

    async def test_of_allowed_images_each_is_sent(self):
        request = await self.pulled(allowed_images={'Python': 'lab/py:1', 'R': 'lab/r:1'})
        images = [profile['choices'][0]['override']['image'] for profile in request['profiles']]
        self.assertEqual(images, ['lab/py:1', 'lab/r:1'])

    async def test_a_function_is_not_asked_and_the_log_says_so(self):
        def profile_list(spawner):
            raise AssertionError('was asked')

        service, told = await self.start_hub(
            pull_images_ahead=True, profile_list=profile_list, service_image='lab/nb:1'
        )
        self.assertIn('c.SwarmSpawner.profile_list is a function, which needs a user', told)
        self.assertEqual(service.sent('pull')[0]['config'], {'service_image': 'lab/nb:1'})

    async def test_a_service_that_comes_later_is_asked_again_and_the_log_says_so_once(self):
        answers = [Unreachable('nobody'), Unreachable('nobody'), ANSWER]
        service, told = await self.start_hub(answers, pull_images_ahead=True, service_image='lab/nb:1')
        self.assertEqual(service.verbs, ['pull'] * 3)
        self.assertEqual(told.count('cannot be reached'), 1)

    async def test_what_the_service_refuses_is_in_the_log(self):
        problem = {'detail': 'not allowed by the policy\nforged line'}
        images = [{'asked': 'profile gpu', 'report': None, 'problem': problem}, {'asked': 'x', 'report': {}}]
        answers = [{'images': images, 'removed': []}]
        _, told = await self.start_hub(answers, pull_images_ahead=True, service_image='lab/nb:1')
        self.assertIn('profile gpu: not allowed by the policy forged line', told)
        self.assertIn('1 images are due on the nodes, 1 were refused', told)

    async def test_a_refused_call_is_not_sent_again(self):
        answers = [Refused('no such route')]
        service, told = await self.start_hub(answers, pull_images_ahead=True, service_image='lab/nb:1')
        self.assertEqual(service.verbs, ['pull'])
        self.assertIn('no image is pulled ahead: no such route', told)

    async def test_odd_answers_end_nothing(self):
        for answer in ({}, {'images': 3}, {'images': [None, 'x', {'problem': 'y'}]}):
            _, told = await self.start_hub([answer], pull_images_ahead=True, service_image='lab/nb:1')
            self.assertIn('images are due', told)

    async def test_a_class_that_needs_a_user_does_not_end_the_hub(self):
        class Own(SwarmSpawner):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.user.name

        _, told = await self.start_hub((), Own, pull_images_ahead=True)
        self.assertIn('no image is pulled ahead', told)
