"""How a statement is replaced: by others, or by a comment that says why nothing takes its place."""

import ast
import re
import textwrap
import tokenize

from swarmspawner import printable

MARK = '# migrate: '
REST = '#          '
# Characters of a comment in a line, so that it can be read beside code.
WIDTH = 108
# Comments above a statement that are compared with new ones. An earlier run has written a few.
MAX_COMMENTS = 20
COMMENTS = tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT


class Statements:
    """Collects what becomes of the statements of a file, and turns it into edits of the text."""

    def __init__(self, code, parents):
        self.code, self.parents = code, parents
        self.notes, self.lines, self.gone = {}, {}, set()

    def tell(self, statement, *notes):
        self.notes.setdefault(statement, {}).update(dict.fromkeys(notes))

    def forget(self, statement, part):
        """Takes back the notes that contain a text."""
        if statement in self.notes:
            self.notes[statement] = {note: None for note in self.notes[statement] if part not in note}

    def replace(self, statement, lines):
        self.lines.setdefault(statement, []).extend(lines)

    def comment_out(self, statement):
        self.gone.add(statement)

    def edits(self):
        statements = {*self.notes, *self.lines, *self.gone}
        ordered = sorted(statements, key=lambda statement: (statement.lineno, statement.col_offset))
        return [edit for statement in ordered for edit in self.edits_of(statement)]

    def edits_of(self, statement):
        code, notes = self.code, self.notes.get(statement, [])
        start, end = code.start(statement), code.end(statement)
        line = code.line_at(start)
        indent = re.match('[ \t\f]*', line.indent)[0]
        if statement in self.lines:
            texts = self.lines[statement]
            kept = lost_comments(code, start, end, texts)
            is_alone = (line.start, line.end) == (start, end)
            text = f'{code.newline}{indent}'.join(texts) if is_alone else '; '.join(texts)
            return [*self.above(line, indent, notes, kept), (start, end, text)]
        if statement not in self.gone:
            return self.above(line, indent, notes)
        if (line.start, line.end) != (start, end):
            old = code.of(statement).splitlines()
            return [*self.above(line, indent, notes, old), (start, end, 'pass')]
        return [*self.above(line, indent, notes), *self.commented(statement, start, end, indent)]

    def above(self, line, indent, notes, old=()):
        """Comments above a logical line. They begin where the line begins, after its own indentation."""
        texts = [*(text for note in notes for text in wrapped(note)), *(f'# {part}' for part in old)]
        # What an earlier run has written stands there already.
        texts = [text for text in texts if text not in self.comments_before(line)]
        return [(line.start, line.start, f'{text}{self.code.newline}{indent}') for text in texts]

    def comments_before(self, line):
        """Returns the comments in the lines right above a logical line."""
        found, index = set(), self.code.token_at(line.start) - 1
        while index >= 0 and len(found) < MAX_COMMENTS and self.code.tokens[index].type in COMMENTS:
            found.add(self.code.tokens[index].string)
            index -= 1
        return found

    def commented(self, statement, start, end, indent):
        code = self.code
        starts = [begin for begin in code.starts[statement.lineno : statement.end_lineno] if begin < end]
        for begin in (start, *starts):
            inner = indent if code.text.startswith(indent, begin) and begin != start else ''
            yield begin + len(inner), begin + len(inner), '# '
        if self.is_last_of_block(statement):
            after = code.starts[statement.end_lineno] if statement.end_lineno < len(code.starts) else len(code.text)
            is_open = not code.text.endswith(('\n', '\r')) and after == len(code.text)
            yield after, after, f'{code.newline if is_open else ""}{indent}pass{code.newline}'

    def is_last_of_block(self, statement):
        """Tells whether a block would be empty without the statements that are gone, and this is its first one."""
        parent = self.parents[statement]
        if isinstance(parent, ast.Module):
            return False
        for _, block in ast.iter_fields(parent):
            if isinstance(block, list) and block and block[-1] is statement:
                return all(other in self.gone for other in block)
        return False


def wrapped(note):
    """Returns a note as lines of a comment."""
    lines = textwrap.wrap(printable(note), WIDTH, break_long_words=False, break_on_hyphens=False)
    return [(REST if index else MARK) + line for index, line in enumerate(lines)]


def lost_comments(code, start, end, texts):
    """Returns the comments in an old statement that its new text does not have."""
    found = [token.string for token in code.tokens_in(start, end) if token.string.startswith('#')]
    kept = {text.rstrip() for new in texts for text in re.findall('#.*', new)} if found else ()
    lost = [text.strip('# \t\f\r') for text in found if text.rstrip() not in kept]
    return [text for text in lost if text]
