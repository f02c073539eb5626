"""Runs all tests, or those in files whose paths contain a part: `python3 hub/tests [--json FILE] [part ...]`.

With `--in moving`, it runs those of that directory, which need the virtual environments of other spawners.
With --json, the file gets a summary: {"passed", "failed", "skipped": [{"test", "reason"}]}.
"""

import argparse
import json
import pathlib
import sys
import unittest
import warnings

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]


class Result(unittest.TextTestResult):
    """Counts the tests that passed. unittest's own `testsRun` counts skipped tests in some versions of Python."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    parser = argparse.ArgumentParser(prog='hub/tests')
    parser.add_argument('--json', type=pathlib.Path)
    parser.add_argument('--in', dest='directory', default='.')
    parser.add_argument('parts', nargs='*')
    args = parser.parse_args()
    directory = TESTS / args.directory
    sys.path.insert(0, str(directory))
    files = sorted(path for path in directory.glob('test_*.py') if contains_any(path, args.parts))
    suite = unittest.defaultTestLoader.loadTestsFromNames([path.stem for path in files])
    # JupyterHub warns of newer versions of its dependencies.
    warnings.simplefilter('ignore')
    result = unittest.TextTestRunner(resultclass=Result, warnings='ignore').run(suite)
    bad = {of.id().split(' ')[0] for of, _ in [*result.failures, *result.errors]}
    bad |= {of.id() for of in result.unexpectedSuccesses}
    skipped = [{'test': of.id(), 'reason': reason} for of, reason in result.skipped]
    summary = {'passed': result.passed, 'failed': len(bad), 'skipped': skipped}
    if args.json:
        args.json.write_text(json.dumps(summary), encoding='utf-8')
    sys.exit(0 if result.wasSuccessful() else 1)


def contains_any(path, parts):
    name = path.relative_to(TESTS.parent.parent).as_posix()
    return not parts or any(part in name for part in parts)


main()
