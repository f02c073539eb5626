"""Writes the configuration of another spawner anew, for this one: each of its lines in place, the rest untouched."""

import importlib.metadata
import os
import sys

from . import homes
from .imports import without_unused_imports
from .migration import migrated_text
from .old_file import OldFile
from .rewrite import Unreadable, read_code, written

UNREADABLE = 2


def add_arguments(parser):
    parser.add_argument('file', help='the configuration, such as jupyterhub_config.py')
    parser.add_argument('--write', metavar='FILE', help='a new file for the result. Default: it is printed')
    parser.add_argument(
        '--dockerspawner',
        metavar='RELEASE',
        help='the release of dockerspawner that ran before, such as 0.11: before 12 it named volumes in another way. '
        'Default: the one that is installed here, else the newest',
    )
    homes.add_arguments(parser)


def release(text):
    """Returns the first number of dockerspawner's release, or None if it is not known."""
    if text is None:
        try:
            text = importlib.metadata.version('dockerspawner')
        except importlib.metadata.PackageNotFoundError:
            return None
    number = text.partition('.')[0]
    return int(number) if number.isascii() and number.isdigit() else None


def main(args):
    try:
        with open(args.file, 'rb') as file:
            data = file.read()
        number = release(args.dockerspawner)
        if args.homes:
            kind = OldFile(read_code(data, args.file)).kind
            return homes.main(args, kind, migrated(data, args.file, number), number)
        new = migrated(data, args.file, number)
        if args.write is None:
            sys.stdout.buffer.write(new)
            return 0
        # `x`: an old file is never written over, also not one that another program has just made.
        with open(args.write, 'xb') as file:
            file.write(new)
    except FileExistsError:
        print(f'{args.write} exists; --write needs the name of a new file', file=sys.stderr)
        return UNREADABLE
    except (OSError, Unreadable) as error:
        print(f'{error.filename}: {error.strerror}' if isinstance(error, OSError) else error, file=sys.stderr)
        return UNREADABLE
    print(f'{args.write} is written; {os.path.basename(args.file)} is as it was', file=sys.stderr)
    return 0


def migrated(data, name='jupyterhub_config.py', release=None):
    """Returns the bytes of the new configuration. Raises Unreadable if the old one is no Python.

    `release` is that of the old dockerspawner. Before 12, it named volumes in another way.
    """
    code = read_code(data, name)
    text = migrated_text(code, release is not None and release < 12)
    try:
        return written(code, without_unused_imports(text, name))
    except Unreadable as error:
        raise Unreadable(f'{name}: nothing is changed, because the result would be no Python: {error}') from error
