"""Keeps values of the environment out of what is printed."""

import os

# Values that say nothing secret, and that stand in many messages.
HARMLESS = frozenset('HOME HOSTNAME LANG LOGNAME OLDPWD PATH PWD SHELL SHLVL TERM USER _'.split())
# Shorter values are words such as `on` or `8888`. To hide them would make messages unreadable.
MIN_CHARS = 4


def hidden(text):
    """Returns a message of somebody else's code without the values of environment variables."""
    values = {value for name, value in os.environ.items() if name not in HARMLESS and len(value) >= MIN_CHARS}
    # The longest first, because one value may be a part of another.
    for value in sorted(values, key=len, reverse=True):
        # As it is, and as Python quotes it.
        text = text.replace(value, '[hidden]').replace(repr(value)[1:-1], '[hidden]')
    return text
