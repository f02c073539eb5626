"""What is different in every server, whatever a configuration says. The comment above spawner_class tells it."""

NAME = 'its service is named `{service_prefix}-{md5 of the user name}-{server name}`'
INIT = 'an init process runs in its container (init)'
ENDPOINT = 'the name of its service leads to the container, and not to a virtual IP (endpoint)'
RESTART = 'Swarm does not start it again when it has ended (restart_policy)'
IMAGE_SPEC = 'it has no JUPYTER_IMAGE_SPEC'
NOTEBOOK_DIR = 'it has NOTEBOOK_DIR, too'

# By kind of the old spawner. A container has no virtual IP, and nothing starts it again.
ALWAYS = {
    'docker': [NAME, INIT, IMAGE_SPEC],
    'systemuser': [NAME, INIT, IMAGE_SPEC],
    'swarm': [NAME, INIT, ENDPOINT, RESTART, IMAGE_SPEC],
    'ucphhpc': [NAME, INIT, ENDPOINT, RESTART],
    # Its services have the same names.
    'cassiny': [INIT, ENDPOINT, RESTART],
}
# By sentence: the old settings of which one says how it is to be.
DECIDED_BY = {ENDPOINT: {'extra_endpoint_spec', 'endpoint'}, RESTART: {'extra_task_spec', 'restart_policy'}}


def differences(plan):
    """Returns what differs in every server of a configuration, in sentences."""
    sentences = list(ALWAYS.get(plan.old, ()))
    if 'notebook_dir' in plan.uses and plan.old not in ('cassiny', 'ours', None):
        sentences.append(NOTEBOOK_DIR)
    spec = dict(plan.values.pairs(plan.value_of('extra_container_spec')) or ())
    decided = [sentence for sentence, names in DECIDED_BY.items() if names & set(plan.uses)]
    decided += [INIT] if 'init' in spec else []
    return [sentence for sentence in sentences if sentence not in decided]
