"""The configurations of ../configs: how each is started, and what is told to be different afterwards."""

import dataclasses
import pathlib

from swarmspawner_tools.always import ENDPOINT, IMAGE_SPEC, INIT, NAME, NOTEBOOK_DIR, RESTART

CONFIGS = pathlib.Path(__file__).resolve().parent.parent / 'configs'
# lab/engine/old-spawners.ts says what is in these virtual environments.
OLD = 'old-13', 'old-14'
ADA, OTHER = USERS = 'ada', 'Ünï@x.org'


@dataclasses.dataclass
class Configuration:
    name: str
    # By what differs: the words in which `migrate` or `check` tell it.
    differs: dict = dataclasses.field(default_factory=dict)
    # Variables of the hub's process.
    environ: dict = dataclasses.field(default_factory=dict)
    # What a user chooses in the form.
    form: dict = None
    # The user for whom `check` asks.
    checked: str = ADA
    # What `check` says is in the way, as long as the policy of the service allows nothing more.
    in_the_way: str = None

    @property
    def file(self):
        return str(CONFIGS / f'{self.name}.py')

    def question(self, username):
        return {'file': self.file, 'username': username, 'form': self.form, 'environ': self.environ}


CASSINY = {'Init': INIT, 'endpoint': ENDPOINT, 'restart': RESTART}
UCPHHPC = {**CASSINY, 'name': NAME}
SWARM = {**UCPHHPC, 'env JUPYTER_IMAGE_SPEC': IMAGE_SPEC}
DOCKER = {'Init': INIT, 'name': NAME, 'env JUPYTER_IMAGE_SPEC': IMAGE_SPEC}
DIRECTORY = {'env NOTEBOOK_DIR': NOTEBOOK_DIR}


def without(differences, *names):
    return {name: words for name, words in differences.items() if name not in names}


CONFIGURATIONS = {
    one.name: one
    for one in [
        Configuration('docker_compose', DOCKER | DIRECTORY),
        Configuration(
            'docker_extra',
            DOCKER
            | {
                'HostConfig Links': 'services of one network find each other by their names',
                'HostConfig Runtime': "extra_host_config['runtime'] has no equal",
                'HostConfig SecurityOpt': "extra_host_config['security_opt'] has no equal",
                'reservation MemoryBytes': 'DockerSpawner reserved nothing',
            },
            in_the_way='not allowed by the policy (admin.capabilities)',
        ),
        Configuration('docker_images', DOCKER, form={'image': ['Science']}),
        Configuration('docker_legacy', DOCKER),
        Configuration(
            'system_users',
            DOCKER,
            # An account that every machine has.
            checked='nobody',
            in_the_way='not allowed by the policy (admin.mounts.bind)',
        ),
        Configuration('swarm_binds', SWARM | DIRECTORY),
        Configuration('swarm_nfs', without(SWARM, 'restart')),
        Configuration(
            'swarm_env',
            without(SWARM, 'Init', 'endpoint'),
            in_the_way='not allowed by the policy (admin.capabilities)',
        ),
        Configuration('swarm_hook', SWARM),
        Configuration('swarm_class', SWARM),
        Configuration('swarm_subclass', SWARM, form={'course': ['statistics']}),
        Configuration(
            'swarm_named_volume',
            SWARM | DIRECTORY | {'mount /home/jovyan/work': 'asked for a directory of this name, which Docker refuses'},
        ),
        Configuration(
            'unset_variables',
            SWARM,
            environ={
                'DOCKER_NOTEBOOK_IMAGE': 'quay.io/jupyter/base-notebook:2026-03-02',
                'DOCKER_NETWORK_NAME': 'jupyterhub',
                'NFS_ROOT': '/mnt/nfs',
            },
        ),
        Configuration('ucph_images', UCPHHPC),
        Configuration('ucph_mounts', UCPHHPC, in_the_way='not allowed by the policy (admin.configs)'),
        Configuration('cassiny', CASSINY),
        Configuration('cassiny_options', CASSINY),
    ]
}

# Those that no hub can load, or that say what no spawner reads: what `migrate` and `check` say, each with its line.
IN_THE_WAY = {
    'missing_module': [
        'missing_module.py:2: the module example_university_courses is missing in ',
        '14: was not run, because it needs courses_of',
    ],
    'syntax_error': ["syntax_error.py, line 5: is not Python: '{' was never closed"],
    'unset_variables': [
        f"{line}: the environment variable '{name}' is not set; set it for the hub"
        for line, name in ((12, 'DOCKER_NOTEBOOK_IMAGE'), (13, 'DOCKER_NETWORK_NAME'), (15, 'NFS_ROOT'))
    ],
    'never_existed': [
        'no spawner has a setting volumez',
        'no spawner has a setting mem_limt; is it c.SwarmSpawner.mem_limit?',
        'no spawner has a setting network; is it c.SwarmSpawner.networks?',
        'Nothing reads c.SwarmSpawnerr (is it c.SwarmSpawner?); correct its name',
    ],
}
