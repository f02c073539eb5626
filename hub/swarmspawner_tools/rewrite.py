"""The text of a configuration: where its statements and values stand, and how pieces of it are replaced."""

import ast
import bisect
import io
import keyword
import re
import tokenize
from dataclasses import dataclass
from itertools import accumulate

# 8 MiB. A configuration has a few kilobytes, and Python needs a few hundred bytes of memory for each byte of it.
MAX_BYTES = 8 * 1024 * 1024

# Python counts these as ends of lines, and no others, such as form feeds.
NEWLINE = re.compile('\r\n|\r|\n')


class Unreadable(Exception):
    """A file that is no Python. The text says where, in one sentence."""


@dataclass
class Token:
    """A token of Python, with its place in the text."""

    type: int
    string: str
    start: int
    end: int


@dataclass
class Line:
    """A logical line: the part of the text that a comment can stand above."""

    start: int
    end: int
    indent: str


class Code:
    """A file of Python that was read. `text` has the line ends of the file."""

    def __init__(self, name, text, encoding):
        self.name, self.text, self.encoding = name, text, encoding
        self.tree = parse(text, name)
        self.starts = [0, *(found.end() for found in NEWLINE.finditer(text))]
        self.tokens = list(read_tokens(text, self.starts))
        self.lines = list(logical_lines(text, self.tokens))
        found = NEWLINE.search(text)
        self.newline = found[0] if found else '\n'
        self._token_starts = [token.start for token in self.tokens]
        self._line_starts = [line.start for line in self.lines]
        self._columns = {}
        self._edits = self._edit_starts = []

    def place(self, line, column):
        """Returns the index in the text of a line and of a column in bytes, as ast counts them."""
        if line not in self._columns:
            piece = self.text[self.starts[line - 1] : self.starts[line] if line < len(self.starts) else None]
            sizes = accumulate(len(char.encode(errors='replace')) for char in piece)
            self._columns[line] = None if piece.isascii() else [0, *sizes]
        columns = self._columns[line]
        return self.starts[line - 1] + (column if columns is None else bisect.bisect_left(columns, column))

    def start(self, node):
        return self.place(node.lineno, node.col_offset)

    def end(self, node):
        return self.place(node.end_lineno, node.end_col_offset)

    def of(self, node):
        """Returns the text of a node as it is in the file."""
        return self.text[self.start(node) : self.end(node)]

    def token_at(self, place):
        """Returns the index of the first token that begins at a place of the text, or after it."""
        return bisect.bisect_left(self._token_starts, place)

    def outer_start(self, node):
        """Returns where a node begins with the brackets around it, within its list of arguments or items."""
        index = last = self.token_at(self.start(node))
        closing = self.token_at(self.end(node))
        while True:
            index, closing = self.step(index - 1, -1), self.step(closing, 1)
            has_both = index >= 0 and self.tokens[index].string == '(' and self.is_bracket(index)
            if not has_both or closing >= len(self.tokens) or self.tokens[closing].string != ')':
                return self.tokens[last].start
            last, closing = index, closing + 1

    def step(self, index, by):
        """Returns the index of the first token from an index on that is more than a comment or the end of a line."""
        while 0 <= index < len(self.tokens) and self.tokens[index].type in (tokenize.NL, tokenize.COMMENT):
            index += by
        return index

    def is_bracket(self, index):
        """Tells whether the `(` at an index is one around an expression, and not that of a call."""
        before = self.tokens[index - 1]
        is_name = before.type == tokenize.NAME and not keyword.iskeyword(before.string)
        return not is_name and before.string not in (')', ']', '}') and before.type != tokenize.STRING

    def tokens_in(self, start, end):
        return self.tokens[self.token_at(start) : self.token_at(end)]

    def line_at(self, place):
        """Returns the logical line that a place of the text belongs to."""
        return self.lines[max(bisect.bisect_right(self._line_starts, place) - 1, 0)]

    def keep(self, edits):
        """Keeps edits for every text that `changed` returns from now on."""
        self._edits = sorted(edits)
        self._edit_starts = [edit[0] for edit in self._edits]

    def changed(self, start, end, more=()):
        """Returns the text between two places, with the edits that lie there: the kept ones and `more`."""
        first, last = bisect.bisect_left(self._edit_starts, start), bisect.bisect_right(self._edit_starts, end)
        inside = [edit for edit in self._edits[first:last] if edit[1] <= end]
        return replaced(self.text, [*inside, *more], start, end)


def replaced(text, edits, start=0, end=None):
    """Returns a part of a text with edits: (start, end, new text). Of edits within each other, the outer one counts."""
    end = len(text) if end is None else end
    parts, at = [], start
    for first, last, new in sorted(edits, key=lambda edit: (edit[0], edit[1] > edit[0], -edit[1])):
        if first < at:
            continue
        parts += [text[at:first], new]
        at = last
    return ''.join([*parts, text[at:end]])


def read_code(data, name):
    """Reads the bytes of a file. Raises Unreadable, with the line, if they are not Python."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f'{name} has more than {MAX_BYTES} bytes, so it is no configuration')
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError) as error:
        raise Unreadable(f'{name}, line 1: its encoding is unknown: {error}') from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b'\n') + 1
        raise Unreadable(f'{name}, line {line}: is not {error.encoding}; declare the encoding in line 1') from error
    try:
        return Code(name, text, encoding)
    except tokenize.TokenError as error:
        raise Unreadable(f'{name}: is not Python: {error}') from error


def parse(text, name):
    """Returns the tree of a text. Raises Unreadable, with the line, if it is not Python."""
    try:
        return ast.parse(text, name)
    except SyntaxError as error:
        raise Unreadable(f'{name}, line {error.lineno}: is not Python: {error.msg}') from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f'{name}: is not Python that can be read: {error or type(error).__name__}') from error


def nodes(tree):
    """Returns all nodes of a tree. The list is kept, since many questions go through all of them."""
    if not hasattr(tree, 'all_nodes'):
        tree.all_nodes = list(ast.walk(tree))
    return tree.all_nodes


def read_tokens(text, starts):
    # tokenize counts lines as `readline` gives them. So it gets them as ast sees them, with plain line ends: an index
    # within a line stays the same.
    ends = [*starts[1:], len(text)]
    lines = iter([text[start:end].rstrip('\r\n') + '\n' for start, end in zip(starts, ends)])
    for token in tokenize.generate_tokens(lambda: next(lines, '')):
        first, last = token.start, token.end
        if first[0] > len(starts):
            break
        start = min(starts[first[0] - 1] + first[1], len(text))
        end = starts[last[0] - 1] + last[1] if last[0] <= len(starts) else len(text)
        yield Token(token.type, token.string, start, min(end, len(text)))


def logical_lines(text, tokens):
    """Yields the logical lines of a text: a statement, or several with semicolons, or the head of a block."""
    first = last = None
    for token in tokens:
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            if first is not None:
                begin = max(text.rfind('\n', 0, first.start), text.rfind('\r', 0, first.start)) + 1
                yield Line(first.start, last.end, text[begin : first.start])
            first = None
        elif token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            first, last = first or token, token


def written(code, text):
    """Returns the bytes of a changed text, in the encoding of its file."""
    try:
        return text.encode(code.encoding)
    except UnicodeEncodeError:
        # A comment of ours has only letters of ASCII, but a text may have been put together from escapes.
        return text.encode(code.encoding, 'backslashreplace')
