"""A hook at the end of the new configuration, for what the old spawner worked out anew for each user."""

import ast
import textwrap

from .names import KNOWN

NAME = 'as_the_old_spawner_did'

# SystemUserSpawner's own code: user, directory and variables come from the hub's own list of users.
SYSTEM_USER = """\
user = pwd.getpwnam(spawner.user.name)
home = HOME.format(username=spawner.user.name)
spawner.container_spec.update({USER'workdir': home})
spawner.environment.update(
    {
        'USER': user.pw_name,
        'NB_USER': user.pw_name,
        'USER_ID': user.pw_uid,
        'NB_UID': user.pw_uid,
        'NB_GID': user.pw_gid,
        'HOME': home,
    }
)
"""
ESCAPED = """\
name = json.dumps((ESCAPE)(spawner.user.name))[1:-1]
spawner.mounts = json.loads(json.dumps(spawner.mounts).replace('{escaped_username}', name))
"""
# The hook that the lines above have set, whichever that is.
EARLIER = 'the_hook_so_far'
EARLIER_HOOK = f"""\
hooks = [ROOT[name].pre_spawn_hook for name in (SECTIONS) if 'pre_spawn_hook' in ROOT[name]]
{EARLIER} = hooks[0] if hooks and hooks[0] else lambda spawner: None


"""


class EndHook:
    """Collects the lines of the hook. It calls the hook that the old file has."""

    def __init__(self, plan, uses):
        self.plan = plan
        self.hooks = [use for use in uses.get('pre_spawn_hook', []) if use.kind == 'assign']
        self.first, self.last, self.imports = [], [], set()

    def only_hook(self):
        """Returns the name of the hook that the file always has, or None if it has several, or only sometimes one."""
        is_only = len(self.hooks) == 1 and self.hooks[0].is_always and isinstance(self.hooks[0].value, ast.Name)
        return self.plan.values.code.of(self.hooks[0].value) if is_only else None

    def sections(self):
        """Returns the sections whose hooks a server may have, the one that is read before the others first."""
        of_classes = dict.fromkeys(use.section for use in self.hooks if use.section not in KNOWN)
        return [*of_classes, 'SwarmSpawner', 'Spawner']

    def forget(self):
        self.first, self.last, self.imports = [], [], set()

    def limit(self, use, text):
        """A limit that is a function. Returns whether there can be a hook."""
        self.first.append(f'spawner.{use.name} = {text}(spawner)')
        return use.is_always

    def escape(self, use):
        """A function that escapes user names. Returns whether there can be a hook."""
        if use.section is None or use.kind != 'assign' or not use.is_always:
            return False
        self.imports.add('json')
        self.last.append(ESCAPED.replace('ESCAPE', self.plan.values.text(use.value)))
        return True

    def system_user(self, is_root):
        self.imports.add('pwd')
        user = "'user': '0', " if is_root else "'user': f'{user.pw_uid}:{user.pw_gid}', "
        home = self.plan.short('image_homedir_format_string') or "'/home/{username}'"
        self.first.append(
            SYSTEM_USER.replace('USER', user, 1).replace('HOME', home if home[:1] in '\'"' else f'({home})', 1)
        )

    def text(self, root, newline):
        """Returns the lines for the end of the file, or an empty text."""
        if not (self.first or self.last):
            return ''
        sections, called, before = self.sections(), self.only_hook(), ''
        body = [f'import {name}' for name in sorted(self.imports)]
        body += self.first
        if self.hooks:
            self.imports.add('inspect')
            body[: len(self.imports) - 1] = [f'import {name}' for name in sorted(self.imports)]
            if called is None:
                called = EARLIER
                before = EARLIER_HOOK.replace('ROOT', root).replace('SECTIONS', ', '.join(map(repr, sections)))
            body += [f'result = {called}(spawner)', 'if inspect.isawaitable(result):\n    await result']
        body += self.last
        lines = textwrap.indent('\n'.join(part.rstrip('\n') for part in body), '    ')
        text = (
            f'\n\n# migrate: what the old spawner worked out for each user\n'
            f'{before}async def {NAME}(spawner):\n{lines}\n'
            f'\n\n{root}.{sections[0]}.pre_spawn_hook = {NAME}\n'
        )
        return text.replace('\n', newline)
