"""Remembers in which line of which file each setting was set, while a configuration is loaded and hooks run."""

import contextlib
import os
import sys
from typing import NamedTuple, Optional

import traitlets
from swarmspawner import SwarmSpawner
from traitlets.config import Config

# Code in these directories sets settings for somebody else.
OURS = tuple(os.path.join(os.path.dirname(os.path.abspath(path)), '') for path in (__file__, traitlets.__file__))


class Place(NamedTuple):
    """A line of a file. Without a line: the file."""

    file: str
    line: Optional[int] = None

    def __str__(self):
        file = os.path.relpath(self.file)
        file = self.file if file.startswith(os.pardir) else file
        return f'{file}:{self.line}' if self.line else file


def caller():
    """Returns the place that sets a setting: the innermost line that is neither traitlets' nor ours."""
    frame = sys._getframe(1)
    while frame and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno) if frame else None


class Places(dict):
    """Where each setting was set: `c.SwarmSpawner.mounts` to its Place."""

    is_paused = False

    def note(self, setting, place):
        if place and not self.is_paused:
            self[setting] = place


class TracedConfig(Config):
    """A Config that notes in Places where each setting is set."""

    def __init__(self, places, prefix='c'):
        # Past Config's own `__setattr__`, which would make settings of them.
        object.__setattr__(self, '_places', places)
        object.__setattr__(self, '_prefix', prefix)
        super().__init__()

    def _note(self, name, value):
        if isinstance(value, Config):
            for inner in value:
                self._places.note(f'{self._prefix}.{name}.{inner}', caller())
        else:
            self._places.note(f'{self._prefix}.{name}', caller())

    def __getitem__(self, name):
        if dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        if not isinstance(name, str) or not name[:1].isupper():
            value = super().__getitem__(name)
            # Its own methods, such as `append`, set it afterwards.
            self._note(name, value)
            return value
        section = TracedConfig(self._places, f'{self._prefix}.{name}')
        dict.__setitem__(self, name, section)
        return section

    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        self._note(name, value)

    def update(self, *args, **named):
        for name, value in dict(*args, **named).items():
            self[name] = value

    def setdefault(self, name, value=None):
        if name not in self:
            self[name] = value
        return self[name]

    def merge(self, other):
        # What comes from a file of its own has its places already.
        was, self._places.is_paused = self._places.is_paused, isinstance(other, TracedConfig)
        try:
            super().merge(other)
        finally:
            self._places.is_paused = was

    def copy(self):
        return plain(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        return Config.__deepcopy__(plain(self), memo)


def plain(config):
    """Returns a configuration that notes nothing."""
    return Config({name: plain(value) if isinstance(value, Config) else value for name, value in config.items()})


@contextlib.contextmanager
def attributes_traced(places):
    """Notes each attribute that hooks and classes set on a spawner, as `spawner.image`."""

    def note(spawner, name, value):
        places.note(f'spawner.{name}', caller_of_hook())
        super(SwarmSpawner, spawner).__setattr__(name, value)

    SwarmSpawner.__setattr__ = note
    try:
        yield
    finally:
        del SwarmSpawner.__setattr__


def caller_of_hook():
    """Returns the place of code of the admin that sets an attribute, or None if JupyterHub or our class does."""
    frame = sys._getframe(2)
    name = frame.f_globals.get('__name__', '').partition('.')[0]
    is_of_hub = name in ('jupyterhub', 'traitlets', 'swarmspawner', 'swarmspawner_tools')
    return None if is_of_hub else Place(frame.f_code.co_filename, frame.f_lineno)
