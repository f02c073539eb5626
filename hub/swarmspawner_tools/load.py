"""Loads a configuration as JupyterHub does. A statement that fails is named, and those after it are still run."""

import __future__

import ast
import contextlib
import functools
import operator
import os
import re
import sys
import traceback

import jupyterhub
from traitlets import TraitError
from traitlets.config import Config, loader
from traitlets.config.loader import JSONFileConfigLoader, PyFileConfigLoader

from .hidden import hidden
from .places import OURS, Place, Places, TracedConfig, caller, plain
from .remark import PROBLEM, UNCHECKED, WARNING, Remark

# Bytes. Configurations have some kilobytes, and Python needs a hundred times as much to parse a file.
MAX_BYTES = 4 * 1024 * 1024

FUTURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
# traitlets compiles configurations with its own `from __future__ import annotations`, if it has that.
INHERITED = __future__.annotations.compiler_flag if hasattr(loader, 'annotations') else 0


# Python's own modules, and JupyterHub's.
STANDARD = os.path.join(os.path.dirname(os.path.abspath(os.__file__)), '')
HUBS = os.path.join(os.path.dirname(os.path.abspath(jupyterhub.__file__)), '')


class Unreadable(Exception):
    """The file is not there, or is no Python. Nothing of it was run."""

    def __init__(self, place, said):
        super().__init__(said)
        self.place = place


class Load:
    """What a configuration says: its settings, where each was set, and what went wrong on the way."""

    def __init__(self):
        self.config = Config()
        self.places = Places()
        self.remarks = []
        # The files, with those of `load_subconfig`, and how many were begun and not ended.
        self.files = []
        self.begun = self.depth = 0
        # The statement that runs.
        self.at = None
        # Settings of statements that failed, as `(section, name)`: that they are set is all that we know.
        self.unknown = {}
        # Names and settings that a failed statement would have defined, with the Place of its failure.
        self.lost = {}

    def tell(self, level, place, message, setting=None):
        self.remarks.append(Remark(level, place, setting, message))


def load(path, done):
    """Loads a file into a Load. Raises Unreadable."""
    stem, _ = os.path.splitext(path)
    python, json = f'{stem}.py', f'{stem}.json'
    # A hub takes any extension off and looks for these two.
    if not os.path.isfile(python) and not os.path.isfile(json):
        raise Unreadable(Place(python), 'there is no such file')
    config = Config()
    if os.path.isfile(python):
        config = plain(type('Loader', (PythonLoader,), {'load': done})(os.path.abspath(python)).load_config())
    if os.path.isfile(json):
        config.merge(load_json(json, done))
    if 'JupyterHubApp' in config:
        config.JupyterHub.merge(config.JupyterHubApp)
    done.config = config


def load_json(path, done):
    """A hub reads a file of JSON beside the Python one as well. Its values come last."""
    place = Place(os.path.abspath(path))
    try:
        config = JSONFileConfigLoader(os.path.basename(path), os.path.dirname(os.path.abspath(path))).load_config()
    except Exception as error:
        raise Unreadable(place, f'is no JSON of settings: {type(error).__name__}') from error
    done.files.append(place.file)
    for section, settings in config.items():
        if not isinstance(settings, Config):
            raise Unreadable(place, f'{shown(section)} has no settings')
        for name in settings:
            done.places[f'c.{section}.{name}'] = place
    return config


class PythonLoader(PyFileConfigLoader):
    """traitlets' loader, but it runs each statement by itself. `load` gets what goes wrong."""

    load = None

    def clear(self):
        self.config = TracedConfig(self.load.places)

    def load_subconfig(self, fname, path=None):
        place, begun = caller(), self.load.begun
        try:
            super().load_subconfig(fname, path)
        except Unreadable as error:
            self.load.tell(PROBLEM, error.place, str(error))
        if self.load.begun == begun:
            said = f'load_subconfig: there is no file {shown(fname)} in {path or os.getcwd()}; the hub passes over that'
            self.load.tell(WARNING, place, said)

    def _read_file_as_dict(self):
        path, load = self.full_filename, self.load
        if path not in load.files:
            load.files.append(path)
        load.begun += 1
        statements, flags = parse(path)
        namespace = {
            'c': self.config,
            'load_subconfig': self.load_subconfig,
            'get_config': lambda: self.config,
            '__file__': path,
        }
        load.depth += 1
        try:
            for statement in statements:
                load.at = Place(path, statement.lineno)
                code = compile(ast.Module([statement], []), path, 'exec', flags, dont_inherit=True)
                self._run(statement, code, namespace)
        finally:
            load.depth -= 1

    def _run(self, statement, code, namespace):
        try:
            exec(code, namespace, namespace)
        except KeyboardInterrupt:
            raise
        except (RecursionError, MemoryError):
            # The next statement may do the same again, and so may each file that loads this one.
            if self.load.depth > 1:
                raise
            place = Place(code.co_filename, statement.lineno)
            raise Unreadable(place, 'needs more memory or deeper calls than Python has') from None
        except BaseException as error:
            self._failed(code.co_filename, statement, error)

    def _failed(self, path, statement, error):
        """Notes what is wrong with a statement, and what it would have defined."""
        load = self.load
        place = place_of(error, load.files) or Place(path, statement.lineno)
        needs = lost_name(error, load.lost) or lost_setting(error, statement, load.lost)
        root = load.lost[needs] if needs else place
        if needs:
            load.tell(UNCHECKED, place, f'was not run, because it needs {needs}, which {root} did not define')
        else:
            load.tell(PROBLEM, place, failure(error, load.files))
        for section, name in settings_in(statement):
            load.unknown[section, name] = place
            load.lost.setdefault(f'c.{section}.{name}', root)
        for name in names_in(statement):
            load.lost.setdefault(name, root)


def parse(path):
    """Returns the statements of a file, and the flags to compile them with. Raises Unreadable."""
    place = Place(path)
    try:
        with open(path, 'rb') as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(place, f'cannot be read: {error.strerror}') from error
    if len(source) > MAX_BYTES:
        raise Unreadable(place, f'is larger than {MAX_BYTES // 1024**2} MiB, so it is no configuration')
    try:
        tree = ast.parse(source, path)
        flags = compile(tree, path, 'exec', INHERITED, dont_inherit=True).co_flags & FUTURES
    except SyntaxError as error:
        raise Unreadable(Place(path, error.lineno), f'is no Python: {error.msg}') from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(place, f'is no Python: {type(error).__name__}') from error
    return tree.body, flags


# --- what went wrong

def failure(error, files):
    """Returns a sentence about an exception of a configuration or a hook, without a value of the environment."""
    where = elsewhere(error, files)
    if isinstance(error, ModuleNotFoundError) and error.name:
        is_needless = error.name.partition('.')[0] in ('docker', 'dockerspawner', 'jhub')
        cure = 'remove its import, because SwarmSpawner does not need it' if is_needless else 'install it'
        return f'the module {error.name} is missing in {sys.executable}{where}; {cure}'
    if isinstance(error, KeyError) and is_environment(error):
        return f'the environment variable {shown(error.args[0])} is not set{where}; set it for the hub'
    if isinstance(error, SystemExit):
        return f'sys.exit ends the hub here{where}'
    if isinstance(error, SyntaxError):
        return f'{Place(error.filename or "a text", error.lineno)} is no Python: {error.msg}'
    try:
        said = hidden(str(error))
    except Exception:
        said = ''
    if isinstance(error, TraitError):
        # The rest quotes the value.
        said = re.split(', not |, but a value of ', said)[0]
    return f'{type(error).__name__}{": " if said else ""}{said}{where}'


def is_of_admin(file):
    """Tells whether a file is code of the admin, and not of Python, JupyterHub, traitlets or ours."""
    is_standard = file.startswith(STANDARD) and 'site-packages' not in file
    return not is_standard and not file.startswith(('<frozen', HUBS, *OURS))


def elsewhere(error, files):
    """Returns which line of a module of the admin raised an exception, if it is not one of these files."""
    lines = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [Place(*line) for line in lines if is_of_admin(line[0])]
    return f', in {own[-1]}' if own and own[-1].file not in files else ''


def is_environment(error):
    """Tells whether a KeyError is about `os.environ`."""
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    return last.tb_frame.f_locals.get('self') is os.environ and isinstance(error.args[0], str)


def place_of(error, files):
    """Returns the innermost line of these files in an exception's traceback, or None."""
    lines = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [Place(*line) for line in lines if line[0] in files]
    return own[-1] if own else None


def lost_name(error, lost):
    """Returns the name that is missing because an earlier statement failed, or None."""
    found = re.search(r"name '(\w+)' is not defined", str(error)) if isinstance(error, NameError) else None
    return found[1] if found and found[1] in lost else None


def lost_setting(error, statement, lost):
    """Returns the setting that a statement reads in vain because an earlier one failed, or None."""
    # traitlets' stand-in for a setting that has no value.
    if 'LazyConfigValue' not in f'{type(error).__name__} {error}':
        return None
    names = [f'c.{section}.{name}' for section, name in settings_in(statement)]
    return next((name for name in names if name in lost), None)


def shown(text):
    return repr(str(text)[:200])


# --- what a statement sets

def names_in(statement):
    """Yields the names that a statement defines, for the statements after it."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition('.')[0]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name


def settings_in(statement):
    """Yields `(section, name)` for each `c.Section.name` in a statement."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            section = node.value
            if isinstance(section.value, ast.Name) and section.value.id == 'c' and section.attr[:1].isupper():
                yield section.attr, node.attr


@contextlib.contextmanager
def as_hub(path):
    """Lets a configuration find what it finds in a hub, and sends to stderr what it prints."""
    argv, sys.argv = sys.argv, ['jupyterhub', '--config', path]
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv = argv
        os.dup2(stdout, 1)
        os.close(stdout)
