"""By spawner and setting: how a statement of the old spawner is written here.

A rule gets a use of the setting and the plan of the file, and returns a Result. The table OTHER_SPAWNERS of the class
says what takes a setting's place; a test compares both.
"""

import ast
import re

from . import extra_rules, mount_rules
from .in_container import in_container
from .plan import Result
from .ucphhpc_rules import RULES as UCPHHPC_RULES


def renamed(target):
    """A setting that has another name here, and the same value."""

    def rule(use, plan):
        text = plan.values.text(use.value)
        if use.kind == 'item':
            return Result([plan.put(use, target, [(plan.values.constant(use.key), text)])])
        if use.kind == 'call':
            plan.feed(use, target)
            return Result([f'{plan.prefix(use)}{target}.{use.method}({text})'])
        return Result([plan.assign(use, target, text)])

    return rule


def merged(target):
    """A dict that becomes a part of another one."""

    def rule(use, plan):
        text = plan.values.text(use.value)
        if use.kind == 'item':
            return Result([plan.merge(use, target, f'{{{plan.values.text(use.key)}: {text}}}')])
        if use.kind == 'call' and use.method != 'update':
            return Result(notes=[f'write this change for {target}'])
        return Result([plan.merge(use, target, text)])

    return rule


def network_name(use, plan):
    name = plan.values.constant(use.value)
    if name in ('bridge', 'host', 'none'):
        return Result(
            notes=[f"servers cannot be in Docker's network '{name}': they need an overlay network, in networks"]
        )
    if name == '':
        return Result(
            notes=['it is empty, so the servers were in no network; the hub and its servers need a common one']
        )
    return Result([plan.assign(use, 'networks', f'[{plan.values.text(use.value)}]')])


def name_template(use, plan):
    template = plan.values.constant(use.value)
    said = 'service names are `{service_prefix}-{md5 of the user name}-{server name}`'
    words = {'prefix': plan.values.words.get('prefix') or 'jupyter'}
    first = re.split(r'\{(?!prefix\})', template)[0].format(**words).strip('-_') if isinstance(template, str) else ''
    if 'prefix' not in plan.uses and re.fullmatch('[a-zA-Z0-9][a-zA-Z0-9_-]{0,19}', first):
        return Result([plan.assign(use, 'service_prefix', repr(first))], [said])
    return Result(notes=[f'{said}, and its prefix is service_prefix'])


def escape(use, plan):
    if plan.values.constant(use.value) == 'legacy':
        return Result(notes=['it is what `{legacy_escaped_username}` in mounts does'])
    said = 'the hook at the end of this file puts what this function makes in the place of `{escaped_username}`'
    return Result(notes=[said if plan.end.escape(use) else 'no placeholder is what this function makes'])


def format_volume_name(use, plan):
    name = plan.values.code.of(use.value).rpartition('.')[2]
    if name in ('default_format_volume_name', 'escaped_format_volume_name'):
        return Result(notes=[f'it is what `{plan.values.words.get("username", "{escaped_username}")}` in mounts does'])
    return Result(notes=['no function names volumes here; write placeholders such as `{escaped_username}` into mounts'])


# By word of dockerspawner. `skip` asks nobody, as `never` does, which also looks whether the image is there.
PULL_POLICIES = {'always': 'always', 'ifnotpresent': 'if-not-present', 'never': 'never', 'skip': 'never'}


def pull_policy(use, plan):
    word = plan.values.constant(use.value)
    new = PULL_POLICIES.get(word.lower()) if isinstance(word, str) else None
    if new is None:
        return Result(notes=["write 'if-not-present', 'always' or 'never'"])
    return Result([plan.assign(use, 'pull_policy', repr(new))])


def run_as_root(use, plan):
    if plan.values.constant(use.value) is True:
        return Result([plan.put(use, 'container_spec', [('user', "'0'")])])
    if isinstance(use.value, ast.Constant):
        return Result(notes=['that is so without it'])
    return Result(notes=["write container_spec['user'], such as '0:0'"])


def user_id(use, plan):
    return Result([plan.put(use, 'container_spec', [('user', f'str({plan.values.text(use.value)})')])])


DOCKER_RULES = {
    'container_image': in_container('image'),
    'container_port': renamed('service_port'),
    'container_prefix': renamed('service_prefix'),
    'container_name_template': name_template,
    'extra_container_spec': extra_rules.extra_container_spec,
    'extra_create_kwargs': extra_rules.extra_create_kwargs,
    'extra_endpoint_spec': extra_rules.extra_endpoint_spec,
    'extra_host_config': extra_rules.extra_host_config,
    'extra_placement_spec': renamed('placement'),
    'extra_resources_spec': merged('resource_spec'),
    'extra_task_spec': extra_rules.by_key(extra_rules.TASK),
    'host_homedir_format_string': mount_rules.host_home,
    'image': in_container('image'),
    'image_whitelist': renamed('allowed_images'),
    'mounts': mount_rules.mounts,
    'name_template': name_template,
    'network_name': network_name,
    'prefix': renamed('service_prefix'),
    'pull_policy': pull_policy,
    'read_only_volumes': mount_rules.read_only_volumes,
    'run_as_root': run_as_root,
    'user_id': user_id,
    'volumes': mount_rules.volumes,
}

# Settings whose line becomes a comment. What they say goes into other lines, or has to be decided by an admin.
DOCKER_COMMENTS = {
    'escape': escape,
    'format_volume_name': format_volume_name,
    'homedir_bind_propagation': mount_rules.image_home,
    'image_homedir_format_string': mount_rules.image_home,
    'volume_driver': mount_rules.volume_driver,
    'volume_driver_options': mount_rules.volume_driver,
}

RULES = {'dockerspawner': DOCKER_RULES, 'jhub-swarmspawner': UCPHHPC_RULES}
COMMENTS = {'dockerspawner': DOCKER_COMMENTS, 'jhub-swarmspawner': {}}

# Old settings whose value can be read in another place here.
READS = {
    'extra_container_spec': 'container_spec',
    'extra_placement_spec': 'placement',
    'extra_resources_spec': 'resource_spec',
    'image': "container_spec['image']",
    'network_name': 'networks[0]',
    'prefix': 'service_prefix',
}

# Settings of ours that several old ones become parts of.
SHARED = {
    'container_spec': dict,
    'environment': dict,
    'labels': dict,
    'mounts': list,
    'resource_spec': dict,
}

# Settings in which JupyterHub fills in words.
FORMATTED = frozenset(['default_url', 'notebook_dir'])
