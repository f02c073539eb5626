import type { Placeholders } from '../../src/spawner/settings/placeholders.ts'
import { JUPYTERHUB_SETTINGS } from './jupyterhub-settings.ts'
import { code, page, table } from './markdown.ts'
import { readTraits, type Trait } from './read-traits.ts'
import { containerKeys, mountKeys, optionKeys, otherKeys } from './setting-keys.ts'

/** The settings under each heading. Each setting must be under one. */
const GROUPS: readonly [title: string, names: readonly string[]][] = [
  [
    'The service',
    [
      'service_url',
      'service_secret',
      'service_secret_file',
      'service_ca',
      'service_cert',
      'service_key',
      'stop_timeout',
      'jupyterhub_service_name',
    ],
  ],
  [
    'What a server is',
    [
      'container_spec',
      'service_image',
      'pull_policy',
      'mounts',
      'service_port',
      'service_prefix',
      'labels',
    ],
  ],
  ['Where it runs', ['networks', 'endpoint', 'url_host', 'placement', 'resource_spec']],
  [
    'How it runs and ends',
    ['init', 'healthcheck', 'restart_policy', 'stop_grace_period', 'wait_for_end', 'log_driver'],
  ],
  [
    'What users choose',
    [
      'profile_list',
      'allowed_images',
      'pull_images_ahead',
      'profile_form_template',
      'use_user_options',
    ],
  ],
  ['Old settings', ['use_user_option', 'tls_config']],
]

const PLACEHOLDERS = {
  '{username}': 'the md5 of the user name in hex, which fits everywhere',
  '{server_name}': "the last part of the service's name: `1` for the default server",
  '{raw_username}':
    'the user name itself; refused in a mount if it cannot be part of a path or of options, or if it and `{server_name}` together could be a name of another user',
  '{escaped_username}':
    "the user name as DockerSpawner 12 and later writes it (`{username}` there), so that its volumes are found: every byte but small letters and digits as `-` and hex digits, such as `ada-40x-2eorg`. Refused like `{raw_username}` beside `{server_name}`, and if the result has more than 255 characters. SwarmSpawner does not know the `escape` of DockerSpawner's that an admin wrote",
  '{legacy_escaped_username}':
    "the user name as DockerSpawner before 12 writes it, and later ones with `escape = 'legacy'`: every byte but letters, digits and `-` as `_` and hex digits in capitals, such as `ada_40x_2Eorg`. Refused like `{escaped_username}`",
  '{escaped_server_name}':
    "the name of the server as DockerSpawner 12 and later writes it (`{servername}` there): in small letters, escaped like `{escaped_username}`; empty for the default server. Refused beside the user's name where the two together could be a name of another user",
} satisfies Record<keyof Placeholders, string>

const MOUNTS = `\`\`\`python
c.SwarmSpawner.mounts = [
    {'type': 'volume', 'source': 'physics.home-{username}', 'target': '/home/jovyan'},   # created if it does not exist; stays
    {'type': 'volume', 'target': '/scratch'},                                            # anonymous; goes with the service
    {'type': 'bind', 'source': '/nfs/home/{username}', 'target': '/home/jovyan/nfs'},    # must exist on the node
    {'type': 'tmpfs', 'target': '/dev/shm', 'tmpfs_size': '256M'},
    'datasets:/data:ro',
]
\`\`\``

const FORM = `\`\`\`python
c.SwarmSpawner.use_user_options = True
c.SwarmSpawner.options_form = '''
<select name="image"><option>quay.io/jupyter/base-notebook</option><option>quay.io/jupyter/scipy-notebook</option></select>
<input name="resource_spec.mem_limit" type="number" value="1073741824">
'''
\`\`\``

/** docs/reference/settings.md. `traits` comes from readTraits. */
export const settingsPage = ({ traits } = readTraits()): string =>
  page(
    'Settings of the spawner',
    'These settings go into `jupyterhub_config.py`: `c.SwarmSpawner.<name> = …`. A start refuses a setting that does not exist, and names it. A hook or a group may set each of them for one server, as with every spawner of JupyterHub.',
    [
      ...grouped(traits).flatMap(([title, members]) => [`## ${title}`, settingsTable(members)]),
      "## JupyterHub's own",
      'Every spawner of JupyterHub has these settings. The table says what they do here; the default is the one of this spawner.',
      jupyterHubTable(),
      'All other settings of `c.Spawner` work as always. `c.JupyterHub.internal_ssl` is not supported: use an encrypted overlay network. To keep servers running while the hub is restarted, set `c.JupyterHub.cleanup_servers = False`.',
      '## Keys',
      "The keys of dicts may have the spelling of docker-py (`workdir`) or of the Engine (`Dir`). A start refuses an unknown key, and a key that is given twice, and names it. Durations are texts such as `'1m30s'`, or nanoseconds.",
      '### container_spec',
      containerKeys(),
      '[The policy](../policy.md) says which of these a hub and its users may set.',
      '### mounts',
      MOUNTS,
      mountKeys(),
      'A mount may also be a text: `target`, `source:target`, `source:target:ro`, or `type=volume,source=a,target=/b` as in the docker CLI. A source that begins with `/` is a directory of the node, and any other source is a volume. [The policy](../policy.md) says which directories and volumes a hub may mount.',
      '### The others',
      'The keys of the settings that may be dicts. A network may be a name, a dict, or a text as in the docker CLI: `name=lab,alias=nb`.',
      otherKeys(),
      '## Placeholders',
      'In every text of a mount, in labels (names and values), and in the aliases of networks:',
      table(
        ['placeholder', 'stands for'],
        Object.entries(PLACEHOLDERS).map(([name, meaning]) => [code(name), meaning]),
      ),
      "Any other word in single braces, such as `{user}`, is refused: all users would share the volume or directory. All other braces stay as they are. In an admin's `environment`, `hostname`, volume names, volume labels and mount targets, Swarm fills in its placeholders: `{{.Service.Name}}`, `{{.Node.Hostname}}`, `{{.Task.Slot}}` and the like. Functions and literals in templates are refused. Every template is refused in a text that names something on a node: the source of a bind, a subpath, the options of a driver. In the hub's environment and in a user's variables, braces are plain text.",
      '## Names of services',
      "A service is called `{service_prefix}-{md5 of the user name}-{server name}`. The name of the default server's service ends in `1`. Swarm allows 63 characters, and does not distinguish capital and small letters. If Swarm would refuse a server name or confuse it with another (capitals, spaces, too long, `1`), the name is shortened and gets a hash: `my-lab--1f3a90bc`.",
      '## Profiles',
      '[Profiles](../profiles.md) describes the keys of `profile_list`, with lines to paste.',
      '## Options of users',
      `With \`use_user_options\`, a start takes the dict that a user sends as JSON through the REST API, or a form. Its keys: ${optionKeys()}. \`resource_spec\`, \`placement\` and \`networks\` may also be inside of \`container_spec\`. A start refuses unknown keys, and values that [the policy](../policy.md) does not allow. A user's constraints are added to those of the hub. An empty value has no effect.`,
      'In a form, dots in the name of a field nest, and a value that is a whole number, a list or an object in JSON is parsed as JSON:',
      FORM,
    ],
  )

const grouped = (traits: readonly Trait[]): [title: string, members: Trait[]][] => {
  const rest = new Map(traits.map((trait) => [trait.name, trait]))
  const groups = GROUPS.map(([title, names]): [string, Trait[]] => [
    title,
    names.map((name) => {
      const trait = rest.get(name)
      if (!trait) throw new Error(`docs/write/settings.ts: the class has no setting ${name}`)
      rest.delete(name)
      return trait
    }),
  ])
  if (rest.size === 0) return groups
  throw new Error(`docs/write/settings.ts: no heading for ${[...rest.keys()].join(', ')}`)
}

const settingsTable = (traits: readonly Trait[]): string =>
  table(
    ['setting', 'meaning', 'type', 'default'],
    traits.map((trait) => {
      const [meaning = '', otherwise] = trait.help.split(/ Default: (.+)\.$/)
      return [code(trait.name), meaning, typeOf(trait), otherwise ?? literal(trait.default)]
    }),
  )

const PYTHON_TYPES: Readonly<Record<string, string>> = {
  Unicode: 'text',
  Integer: 'whole number',
  Float: 'number',
  Bool: 'bool',
  Dict: 'dict',
  List: 'list',
  Callable: 'function',
}

const typeOf = ({ types, values }: Trait): string =>
  values
    ? values.map(code).join(' or ')
    : types
        .filter((type) => type !== 'Integer' || !types.includes('Float'))
        .map((type) => PYTHON_TYPES[type] ?? type)
        .join(' or ')

const literal = (value: Trait['default']): string => {
  if (value === null || value === '') return 'none'
  if (typeof value === 'boolean') return code(value ? 'True' : 'False')
  return code(String(value))
}

const jupyterHubTable = (): string =>
  table(
    ['setting', 'meaning', 'default'],
    JUPYTERHUB_SETTINGS.map(({ name, meaning, otherwise, since }) => [
      code(name),
      since ? `${meaning} From JupyterHub ${since} on.` : meaning,
      otherwise,
    ]),
  )
