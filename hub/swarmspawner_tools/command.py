"""`python3 -m swarmspawner <command>`: what an admin does with a configuration, without starting a hub."""

import argparse
import importlib
import sys

# Each command is a module of this package. It has `add_arguments(parser)`, and `main(args)`, which returns the exit
# code. Only the module of the command that was asked for is imported.
COMMANDS = {
    'check': 'says what is wrong with a configuration, and what is in the way of a server',
    'profiles': 'writes the profiles of a configuration as JSON, for `swarmspawner explain --profiles`',
    'migrate': 'writes the configuration of another spawner anew, for this one',
}

# Exit code if something could not be read, as argparse has it for a wrong command line.
UNREADABLE = 2


def main(argv=None):
    """Runs a command, and returns its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog='python3 -m swarmspawner', description=__doc__.partition(': ')[2])
    parsers = parser.add_subparsers(dest='command', metavar='command', required=True)
    modules = {}
    for name, what in COMMANDS.items():
        command = parsers.add_parser(name, help=what, description=f'{name} {what}.')
        if argv[:1] == [name]:
            try:
                modules[name] = importlib.import_module(f'.{name}', __package__)
            except ModuleNotFoundError as error:
                return missing(error)
            modules[name].add_arguments(command)
    args = parser.parse_args(argv)
    return modules[args.command].main(args)


def missing(error):
    """Says which Python has no JupyterHub, and returns the exit code. Raises the error if it is another module."""
    if (error.name or '').partition('.')[0] not in ('jupyterhub', 'tornado', 'traitlets'):
        raise error
    print(
        f'{sys.executable} has no {error.name}. Run this with the Python of your hub, where JupyterHub is installed',
        file=sys.stderr,
    )
    return UNREADABLE
