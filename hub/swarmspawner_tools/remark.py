"""What `check` says: a line about a place in a configuration."""

from typing import NamedTuple, Optional

from .places import Place

PROBLEM, WARNING, UNCHECKED = 'problem', 'warning', 'not checked'


class Remark(NamedTuple):
    """A sentence about a setting, or about what could not be checked."""

    # PROBLEM: the hub or a server does not start. WARNING: it does. UNCHECKED: nobody knows.
    level: str
    place: Optional[Place]
    setting: Optional[str]
    message: str
