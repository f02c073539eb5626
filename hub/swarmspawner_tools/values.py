"""Values of settings: their text in a changed configuration, with the placeholders of ours."""

import ast
import re
import tokenize

from .uses import constant

# What is a whole without brackets around it.
ATOMS = (
    ast.Attribute,
    ast.Call,
    ast.Constant,
    ast.Dict,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Name,
    ast.Subscript,
)
WORDS = 'username|name|safe_username|raw_username|servername|raw_servername|imagename|prefix'
SINGLE = re.compile(r'(?<!\{)\{(' + WORDS + r')\}(?!\})')
DOUBLED = re.compile(r'(?<!\{)((?:\{\{\{\{)*)\{\{(' + WORDS + r')\}\}(?!\}(?!\}))')


class Values:
    """Writes values. `words` says what each placeholder of the old spawner becomes; None: nothing has its place."""

    def __init__(self, code, module, words):
        self.code, self.module, self.words = code, module, words
        # Placeholders that were seen and have no equal.
        self.missing = set()
        self._pairs, self._wordy = {}, {}

    def text(self, node, is_filled=False):
        """Returns a value's text. `is_filled`: the old spawner filled in its placeholders, so ours take their place."""
        start = self.code.outer_start(node)
        end = self.outer_end(node, start)
        return self.code.changed(start, end, list(self.edits(start, end)) if is_filled else ())

    def outer_end(self, node, start):
        """Returns the end of a node with the brackets around it that begin at `start`."""
        end = self.code.end(node)
        first = self.code.token_at(start)
        depth = sum(
            token.string == '(' for token in self.code.tokens[first : self.code.token_at(self.code.start(node))]
        )
        index = self.code.token_at(end)
        while depth:
            if self.code.tokens[index].string == ')':
                depth, end = depth - 1, self.code.tokens[index].end
            index += 1
        return end

    def atom(self, node, is_filled=False):
        text = self.text(node, is_filled)
        return text if isinstance(node, ATOMS) or text.startswith('(') else f'({text})'

    def filled(self, node, is_source=False):
        """Returns the text of an expression whose result the old spawner filled in.

        `is_source`: it names a volume or a directory. These have placeholders far more often than paths in a container,
        so a value that is not known here is taken for one with placeholders.
        """
        text = self.text(node, True)
        if self.may_have_words(node, is_source):
            text = text if isinstance(node, ATOMS) else f'({text})'
            text += f".replace('{{username}}', {self.words.get('username', '{username}')!r})"
        return text

    def may_have_words(self, node, default, depth=0):
        """Tells whether the result of an expression may have placeholders that are not in its own text."""
        is_formatted = (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'format'
        )
        is_name_of_user = isinstance(node, ast.Attribute) and node.attr == 'name'
        if isinstance(node, (ast.Constant, ast.JoinedStr)) or is_formatted or is_name_of_user:
            return False
        if isinstance(node, ast.Name):
            value = self.module.values.get(node.id)
            if value is None or depth > 8:
                return default
            if (node.id, default) not in self._wordy:
                self._wordy[node.id, default] = has_words(value) or self.may_have_words(value, default, depth + 1)
            return self._wordy[node.id, default]
        if isinstance(node, (ast.BinOp, ast.BoolOp, ast.IfExp)) and depth <= 8:
            parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else ast.iter_child_nodes(node)
            return any(self.may_have_words(part, default, depth + 1) for part in parts if isinstance(part, ast.expr))
        return default

    def edits(self, start, end):
        """Yields edits of the placeholders in the texts between two places."""
        tokens, index = self.code.tokens_in(start, end), 0
        while index < len(tokens):
            token, last = tokens[index], tokens[index]
            is_doubled = (
                token.type == tokenize.STRING and 'f' in token.string[:3].partition(token.string[-1])[0].lower()
            )
            if tokenize.tok_name[token.type] == 'FSTRING_START':
                depth = 1
                while depth:
                    index += 1
                    last = tokens[index]
                    kind = tokenize.tok_name[last.type]
                    depth += (kind == 'FSTRING_START') - (kind == 'FSTRING_END')
                is_doubled = True
            elif token.type != tokenize.STRING:
                index += 1
                continue
            after = [later.string for later in tokens[index + 1 : index + 3]]
            text = self.code.text[token.start : last.end]
            is_formatted = after == ['.', 'format']
            new = self.replaced(text, is_doubled or is_formatted)
            if new != text:
                yield token.start, last.end, new
            index += 1

    def replaced(self, text, is_doubled):
        def word(found):
            name = found[found.lastindex]
            ours = self.words.get(name)
            if name == 'name' and ours is None:
                return found[0]
            if ours is None:
                self.missing.add(name)
                return found[0]
            # The text of a prefix has no braces.
            braced = ours.replace('{', '{{').replace('}', '}}') if is_doubled else ours
            return (found[1] if is_doubled else '') + braced

        if is_doubled:
            # A property of dockerspawner, in an f-string.
            name = self.words.get('username', '{username}')
            text = re.sub(r'(?<!\{)\{\w+\.escaped_name\}', f'{{{name}}}', text)
        return (DOUBLED if is_doubled else SINGLE).sub(word, text)

    def plain(self, node):
        """Returns the text that a node is, with our placeholders, or None if it is no literal in one piece."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return None
        return self.replaced(node.value, False)

    def constant(self, node):
        return constant(node, self.module)

    def pairs(self, node):
        """Returns the keys and values of a dict, or None if not all keys are literals: (key, value node)."""
        if node not in self._pairs:
            self._pairs[node] = self._read_pairs(node)
        return self._pairs[node]

    def behind(self, node):
        """Returns the dict that a name stands for, if nothing else uses that name; else the node itself."""
        value = self.module.values.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(value, ast.Dict) and self.module.loads.get(node.id) == 1:
            return value
        return node

    def _read_pairs(self, node):
        if isinstance(node, ast.Dict):
            if all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys):
                return [(key.value, value) for key, value in zip(node.keys, node.values)]
        elif isinstance(node, ast.Call) and not node.args and all(word.arg for word in node.keywords):
            if isinstance(node.func, ast.Name) and node.func.id == 'dict':
                return [(word.arg, word.value) for word in node.keywords]
        return None


def has_words(node):
    texts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return any(SINGLE.search(text) for text in texts)


def joined(*parts):
    """Returns an expression that joins expressions of texts. A part is a text (str) or an expression (list)."""
    texts = []
    for part in parts:
        if isinstance(part, str) and texts and isinstance(texts[-1], str):
            texts[-1] += part
        elif part:
            texts.append(part)
    return ' + '.join(repr(text) if isinstance(text, str) else text[0] for text in texts)
