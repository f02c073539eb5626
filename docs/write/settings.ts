import type { Placeholders } from '../../src/spawner/settings/template.ts'
import { JUPYTERHUB_SETTINGS } from './jupyterhub-settings.ts'
import { code, page, table } from './markdown.ts'
import { readTraits, type Trait } from './read-traits.ts'
import { containerKeys, mountKeys, optionKeys, otherKeys } from './setting-keys.ts'

/** Which settings stand under which heading; each has to stand under one. */
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
    ['container_spec', 'service_image', 'mounts', 'service_port', 'service_prefix', 'labels'],
  ],
  ['Where it runs', ['networks', 'endpoint', 'url_host', 'placement', 'resource_spec']],
  [
    'How it runs and ends',
    ['init', 'healthcheck', 'restart_policy', 'stop_grace_period', 'wait_for_end', 'log_driver'],
  ],
  ['What users choose', ['use_user_options']],
  ['Old ones', ['use_user_option', 'tls_config']],
]

const PLACEHOLDERS = {
  '{username}': 'the md5 of the user name in hex, which fits everywhere',
  '{server_name}': "the last part of the service's name: `1` for the default server",
  '{raw_username}':
    "the user name itself; in a mount, refused where it can't be part of a path or of options, or where it and `{server_name}` together could be another user's",
} satisfies Record<keyof Placeholders, string>

const MOUNTS = `\`\`\`python
c.SwarmSpawner.mounts = [
    {'type': 'volume', 'source': 'physics.home-{username}', 'target': '/home/jovyan'},   # made if there is none; stays
    {'type': 'volume', 'target': '/scratch'},                                            # anonymous; goes with the service
    {'type': 'bind', 'source': '/nfs/home/{username}', 'target': '/home/jovyan/nfs'},    # has to be on the node
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

/** docs/reference/settings.md; `traits` as readTraits reads them. */
export const settingsPage = ({ traits } = readTraits()): string =>
  page(
    'Settings of the spawner',
    'What `jupyterhub_config.py` says: `c.SwarmSpawner.<name> = …`. One that does not exist is refused by its name when a server is started. A hook or a group may set each of them for one server, as with every spawner of JupyterHub.',
    [
      ...grouped(traits).flatMap(([title, members]) => [`## ${title}`, settingsTable(members)]),
      "## JupyterHub's own",
      'The settings that every spawner of JupyterHub has, and what they do here. The default is that of this spawner.',
      jupyterHubTable(),
      'All others of `c.Spawner` do what they always do. Not supported is `c.JupyterHub.internal_ssl`: use an encrypted overlay network. To keep servers running while the hub is restarted, set `c.JupyterHub.cleanup_servers = False`.',
      '## Keys',
      "The dicts may be spelled as docker-py does (`workdir`) or as the Engine does (`Dir`). A key that is not known is refused by its name, and so is one that is given twice. Durations are texts such as `'1m30s'`, or nanoseconds.",
      '### container_spec',
      containerKeys(),
      'Which of these a hub may configure, and its users, [the policy](../policy.md) says.',
      '### mounts',
      MOUNTS,
      mountKeys(),
      'A text is `target`, `source:target` or `source:target:ro`; a source that begins with `/` is a directory of the node, any other a volume. Which directories and volumes a hub may mount, the policy says: [policy.md](../policy.md).',
      '### The others',
      'Where they are dicts; a network is one where it is no name.',
      otherKeys(),
      '## Placeholders',
      'In every text of a mount and in labels:',
      table(
        ['placeholder', 'stands for'],
        Object.entries(PLACEHOLDERS).map(([name, meaning]) => [code(name), meaning]),
      ),
      "All other braces stay as they are. In an admin's `environment`, `hostname`, volume names, volume labels and mount targets, Swarm fills in its placeholders: `{{.Service.Name}}`, `{{.Node.Hostname}}`, `{{.Task.Slot}}` and the like. Functions and literals of templates are refused, and so is every template in a text that names something of a node: the source of a bind, a subpath, the options of a driver. In the hub's environment and in a user's variables, braces are plain text.",
      '## Names of services',
      'A service is called `{service_prefix}-{md5 of the user name}-{server name}`; that of the default server ends in `1`. Swarm allows 63 characters, and takes capitals and small letters for the same. A server name that Swarm would refuse or take for another (capitals, spaces, too long, `1`) is shortened and marked with a hash: `my-lab--1f3a90bc`.',
      '## Options of users',
      `With \`use_user_options\`, a start takes the dict that a user sends as JSON by the REST API, or a form. Its keys: ${optionKeys()}. \`resource_spec\`, \`placement\` and \`networks\` may also stand inside of \`container_spec\`. What is not known is refused, and so is what [the policy](../policy.md) does not allow. A user's constraints are added to those of the hub; an empty value says nothing.`,
      'In a form, the name of a field nests with dots, and what looks like a whole number, a list or an object in JSON is read as such:',
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
