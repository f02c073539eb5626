"""Prints what `check` has found: the verdict first, then each line with its place."""

import json

from swarmspawner import printable

from .places import Place
from .remark import PROBLEM, UNCHECKED, WARNING


class Report:
    """The Remarks on a configuration, and what the service said."""

    def __init__(self, user, remarks, *, is_read=True, service_name=None, unasked=None):
        self.user = user
        # Each sentence once, in the order of the lines.
        by_sentence = {(remark.level, remark.place, remark.message): remark for remark in remarks}
        self.remarks = sorted(by_sentence.values(), key=order)
        self.is_read = is_read
        self.service_name = service_name
        self.unasked = unasked

    def of(self, level):
        return [remark for remark in self.remarks if remark.level == level]

    @property
    def exit_code(self):
        if not self.is_read:
            return 2
        if self.of(PROBLEM):
            return 1
        return 2 if self.unasked and self.user is not None else 0

    @property
    def verdict(self):
        if not self.is_read:
            return 'Not checked: the configuration cannot be read'
        problems = len(self.of(PROBLEM))
        of = '' if self.user is None else f' of the server of {printable(self.user)}'
        if problems:
            return f'Not ready: {problems} thing{" is" if problems == 1 else "s are"} in the way{of}'
        if self.unasked and self.user is not None:
            return f'Not known: the service could not be asked about the server of {printable(self.user)}'
        return f'Ready: nothing is in the way{of}'


def order(remark):
    """Sorts by file and line. What has no line comes last."""
    place = remark.place or Place('')
    return place.line is None, place.file, place.line or 0


def print_text(report):
    print(f'{report.verdict}.')
    for level, title in ((PROBLEM, ''), (WARNING, 'Warnings:'), (UNCHECKED, 'Not checked:')):
        lines = list(map(line_of, report.of(level)))
        if level == UNCHECKED and report.unasked:
            lines.append(f'what the service would say of these settings: {printable(report.unasked)}')
        if lines:
            print(*['', *filter(None, [title]), *lines], sep='\n')


def line_of(remark):
    return f'{f"{remark.place}: " if remark.place else ""}{printable(remark.message)}'


def print_json(report):
    def items(level):
        return [
            {
                'file': remark.place.file if remark.place else None,
                'line': remark.place.line if remark.place else None,
                'setting': remark.setting,
                'message': printable(remark.message),
            }
            for remark in report.of(level)
        ]

    ready = {0: True, 1: False, 2: None}[report.exit_code]
    shown = {
        'ready': ready,
        'verdict': report.verdict,
        'user': report.user,
        'service_name': report.service_name,
        'problems': items(PROBLEM),
        'warnings': items(WARNING),
        'not_checked': [*items(UNCHECKED), *service_unasked(report)],
    }
    print(json.dumps(shown, indent=2))


def service_unasked(report):
    if not report.unasked:
        return []
    message = f'what the service would say of these settings: {printable(report.unasked)}'
    return [{'file': None, 'line': None, 'setting': None, 'message': message}]
