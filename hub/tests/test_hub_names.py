"""What the class takes from JupyterHub's own classes: names that a later hub may not have any more."""

import ast
import inspect
import unittest

import jupyterhub
import swarmspawner
from jupyterhub.objects import Server
from jupyterhub.spawner import Spawner
from swarmspawner import SwarmSpawner

TREE = ast.parse(inspect.getsource(swarmspawner))
# Names that the hub's class sets on an instance.
SET_LATER = {'config', 'log'}
# Names of methods and traits of the hub's class that ours overrides on purpose.
PRIVATE_OVERRIDES = set()


def class_of(name):
    return next(node for node in TREE.body if isinstance(node, ast.ClassDef) and node.name == name)


def used_of(owner, tree):
    """The names that a piece of source reads of an owner, such as `self` or `spawner.server`."""
    reads = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {node.attr for node in reads if ast.unparse(node.value) == owner}


class HubNames(unittest.TestCase):
    def setUp(self):
        tree = class_of('SwarmSpawner')
        used = used_of('self', tree) | used_of('super()', tree)
        # All other code in the file calls its spawner by one of these two names.
        used |= used_of('spawner', TREE) | used_of('self.spawner', TREE)
        self.inherited = used - set(vars(SwarmSpawner)) - SET_LATER

    def test_this_hub_has_every_name_of_the_spawner_that_we_use(self):
        self.assertLess({'pending', 'server', 'user', 'get_env', 'get_args'}, self.inherited)
        for name in sorted(self.inherited):
            with self.subTest(name):
                self.assertTrue(
                    hasattr(Spawner, name),
                    f'JupyterHub {jupyterhub.__version__} has no Spawner.{name}, which hub/swarmspawner.py uses',
                )

    def test_every_name_of_the_spawner_that_we_use_is_public(self):
        private = sorted(name for name in self.inherited if name.startswith('_'))
        self.assertEqual(private, [], 'hub/swarmspawner.py uses private names of JupyterHub')

    def test_this_hub_has_every_name_of_the_server_that_we_use(self):
        used = used_of('self.server', class_of('SwarmSpawner')) | used_of('self.spawner.server', TREE)
        self.assertLessEqual({'base_url', 'port', 'url'}, used)
        for name in sorted(used):
            with self.subTest(name):
                self.assertTrue(
                    hasattr(Server, name),
                    f'JupyterHub {jupyterhub.__version__} has no Server.{name}, which hub/swarmspawner.py uses',
                )

    def test_no_private_name_of_ours_is_one_of_the_hubs(self):
        ours = {name for name in vars(SwarmSpawner) if name.startswith('_') and not name.startswith('__')}
        hubs = {name for cls in Spawner.__mro__ for name in vars(cls)}
        # traitlets keeps private attributes of its own in each class.
        both = {name for name in ours & hubs if name not in TRAITLETS}
        self.assertEqual(both, PRIVATE_OVERRIDES, f'JupyterHub {jupyterhub.__version__} has a private name of ours')

    def test_pending_says_what_the_hub_does(self):
        spawner = SwarmSpawner()
        self.assertFalse(spawner.pending)
        for name in ('spawn', 'stop'):
            flag = f'_{name}_pending'
            with self.subTest(name):
                self.assertIs(getattr(Spawner, flag, None), False, f'JupyterHub has no Spawner.{flag}')
                setattr(spawner, flag, True)
                self.assertEqual(spawner.pending, name)
                setattr(spawner, flag, False)


class Other(Spawner):
    """What traitlets makes of any class."""

    start = stop = poll = None


TRAITLETS = {name for name in vars(Other) if name.startswith('_')}
