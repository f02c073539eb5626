"""The rule for settings that are a key of container_spec, whichever spawner they come from."""

from .plan import Result


def in_container(key):
    """A setting that is a key of container_spec."""

    def rule(use, plan):
        if use.kind != 'assign':
            return Result(notes=[f"write this change for container_spec['{key}']"])
        return Result([plan.put(use, 'container_spec', [(key, plan.values.text(use.value))])])

    return rule
