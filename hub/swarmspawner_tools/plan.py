"""What a configuration as a whole needs, which a single line cannot know."""

from collections import defaultdict
from dataclasses import dataclass, field

# Characters of a value that may be written into each of several lines. Nobody writes a longer driver or path.
MAX_REPEATED = 1000


@dataclass
class Result:
    """What takes a statement's place. Without lines, the old statement stays, as a comment."""

    lines: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    # What a rule adds to mounts, as texts of lists; and to dicts, by setting: keys and texts.
    mounts: list = field(default_factory=list)
    dicts: dict = field(default_factory=dict)


class Plan:
    """The old spawner, the values, and which old settings end up in the same setting of ours."""

    def __init__(self, values, old, uses):
        self.values, self.old = values, old
        # By old setting: its uses in the configuration, without hooks.
        self.uses = uses
        # By setting of ours: the old settings that become a part of it.
        self.feeds = defaultdict(set)
        # By old setting: the node of the last value that it is given.
        self.last = {name: use.value for name in uses for use in uses[name] if use.kind == 'assign'}
        self.is_final = False

    def is_shared(self, target):
        """Tells whether several old settings become a part of a setting. Then none of them may replace the others."""
        return not self.is_final or len(self.feeds[target]) > 1

    def value_of(self, name):
        """Returns the node of the value that the configuration gives to an old setting, or None."""
        return self.last.get(name)

    def short(self, name):
        """Returns the text of the value of an old setting, or None. A long text is not written several times."""
        node = self.value_of(name)
        text = None if node is None else self.values.text(node)
        return text if text is None or len(text) <= MAX_REPEATED else None

    def feed(self, use, target):
        if use.section is not None:
            self.feeds[target].add(use.name)

    def stays(self, use, target):
        """Returns a note if a hook sets anew what the configuration sets, and the old value stays here."""
        if (
            use.section is None
            and use.kind == 'assign'
            and use.name in self.feeds[target]
            and len(self.feeds[target]) > 1
        ):
            return [f'what the configuration sets by {use.name} stays, too; the old spawner replaced it']
        return []

    def prefix(self, use):
        """Returns what stands before a setting of ours: `c.SwarmSpawner.`, or `spawner.` in a hook."""
        return f'{use.root}.' if use.section is None else f'{use.root}.SwarmSpawner.'

    def assign(self, use, target, text):
        """Returns the statement that sets a setting."""
        self.feed(use, target)
        return f'{self.prefix(use)}{target} = {text}'

    def put(self, use, target, items):
        """Returns the statement that sets keys of a dict: pairs of a key and a text."""
        self.feed(use, target)
        if use.section is None and len(items) == 1:
            return f"{self.prefix(use)}{target}['{items[0][0]}'] = {items[0][1]}"
        return self.merge(use, target, '{' + ', '.join(f"'{key}': {text}" for key, text in items) + '}')

    def merge(self, use, target, text):
        """Returns the statement that adds a dict to a setting, or sets it if nothing else does."""
        self.feed(use, target)
        is_added = self.is_shared(target) or use.kind != 'assign' or use.section is None
        return f'{self.prefix(use)}{target}.update({text})' if is_added else f'{self.prefix(use)}{target} = {text}'

    def extend(self, use, target, text):
        """Returns the statement that adds a list to a setting, or sets it if nothing else does."""
        self.feed(use, target)
        is_added = self.is_shared(target) or use.kind != 'assign'
        if use.section is None:
            is_added = use.kind != 'assign' or bool(self.feeds[target] - {use.name})
        return f'{self.prefix(use)}{target}.extend({text})' if is_added else f'{self.prefix(use)}{target} = {text}'
