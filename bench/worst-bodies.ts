/** The largest body of one kind that a hub, or somebody with its secret, could send. */
export type WorstBody = {
  what: string
  verb: 'start' | 'explain' | 'poll' | 'stop' | 'forget'
  /** The data of a round. Each round has its own server. */
  data: (round: number) => unknown
}

/** As many bytes as fit into a body of 1 MiB beside the rest of it. */
const BYTES = 1024 * 1024 - 2048
/** As many values as a body may have beside the rest of it. */
const VALUES = 19_900
/** As many as one dict and one list may have. */
const [KEYS, ITEMS] = [3_950, 500]

const long = (piece: string): string =>
  piece.repeat(Math.floor(BYTES / Buffer.byteLength(JSON.stringify(piece).slice(1, -1))))
const list = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index))
const dict = (count: number, value: (index: number) => unknown) =>
  Object.fromEntries(list(count, (index) => [`a${index}`, value(index)]))
/** Texts that fill a body together. */
const filled = (index: number, count = VALUES) =>
  `${index}`.padEnd(Math.floor(BYTES / count) - 14, 'x')
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

const longName = '\u{10348}'.repeat(127)
const base = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }

/** The settings of a server, each with one part as large as possible. */
const SETTINGS: Readonly<Record<string, object>> = {
  labels: { labels: dict(KEYS, (index) => filled(index, KEYS)) },
  'more labels than there may be': { labels: dict(VALUES, (index) => filled(index)) },
  'labels of the wrong type': { labels: dict(KEYS, (index) => index) },
  variables: { environment: dict(KEYS / 2, (index) => filled(index, KEYS / 2)) },
  'a long variable': { environment: { A: long('x') } },
  'a variable of wide characters': { environment: { A: long('😀') } },
  'a variable of templates': { environment: { A: long('{{') } },
  'a label of placeholders': { labels: { a: long('{raw_username}') } },
  'labels of placeholders': { labels: dict(1000, () => '{username}'.repeat(100)) },
  'many networks': { networks: list(VALUES, (index) => `network-${index}`) },
  mounts: { mounts: list(ITEMS, (index) => `volume-${index}:/${filled(index, ITEMS)}`) },
  'more mounts than there may be': { mounts: list(VALUES, (index) => `v${index}:/v${index}`) },
  'mounts of objects': {
    mounts: list(ITEMS, (index) => ({
      type: 'volume',
      source: `v${index}`,
      target: `/v${index}`,
    })),
  },
  'a long mount': { mounts: [`volume:/${long('a/')}`] },
  constraints: { placement: list(ITEMS, () => 'node.role==worker') },
  'a long constraint': { placement: [`node.labels.a==${long('a')}`] },
  'a long image': { service_image: `${long(':')}/x` },
  words: { container_spec: { args: list(ITEMS, (index) => filled(index, ITEMS)) } },
  'words in one text': { container_spec: { args: long("'a' ") } },
  secrets: { container_spec: { secrets: list(ITEMS, () => ({ SecretID: 'a' })) } },
  'unknown fields': { container_spec: dict(KEYS, (index) => index) },
  'a long work directory': { container_spec: { workdir: `/${long('starting failed: ')}` } },
}

/** Makes settings as long as a body may be. Short bodies get no turns between their steps. */
const padded = (config: object) => {
  const length = Buffer.byteLength(JSON.stringify(config))
  return { config, env: { PADDING: 'x'.repeat(Math.max(0, BYTES - length)) } }
}

const server = (round: number, username = 'user') => ({ username: `${username}-${round}` })

const withSettings = (verb: 'start' | 'explain') =>
  Object.entries(SETTINGS).map(
    ([what, config]): WorstBody => ({
      what,
      verb,
      data: (round) => ({
        server: server(round, longName.slice(0, 200)),
        wait_s: 0,
        ...padded({ ...base, ...config }),
      }),
    }),
  )

/** Fifty starts that are explained at once. */
const MANY = 50
const explainedAtOnce: WorstBody[] = [
  {
    what: 'many requests',
    verb: 'explain',
    data: (round) => ({
      server: server(round),
      config: base,
      requests: list(MANY, () => ({
        config: { labels: dict(VALUES / MANY - 20, (index) => filled(index)) },
      })),
    }),
  },
]

const withOptions: WorstBody[] = Object.entries({
  'many options of a user': dict(VALUES, (index) => filled(index)),
  'deep options of a user': list(VALUES / 20, () => deep(18)),
  'a long option of a user': { image: long('a') },
  "a user's many variables": { environment: dict(VALUES, (index) => filled(index)) },
}).map(([what, user_options]) => ({
  what,
  verb: 'start',
  data: (round) => ({
    server: server(round),
    wait_s: 0,
    config: { ...base, use_user_options: true },
    user_options,
  }),
}))

const ofServers: WorstBody[] = [
  {
    what: '1,000 servers with long names',
    verb: 'poll',
    data: () => ({
      servers: list(1000, (index) => ({
        username: `${longName.slice(0, 240)}${index}`,
        server_name: longName.slice(0, 200),
      })),
    }),
  },
  {
    what: 'more servers than a poll may have',
    verb: 'poll',
    data: () => ({ servers: list(VALUES / 2, (index) => ({ username: `user-${index}` })) }),
  },
  ...(['stop', 'forget', 'poll'] as const).map(
    (verb): WorstBody => ({
      what: 'a long prefix',
      verb,
      data: () => ({ server: { username: 'user', service_prefix: long('a-') } }),
    }),
  ),
]

/** The bodies that `body-wait.ts` measures. */
export const WORST_BODIES: readonly WorstBody[] = [
  ...withSettings('start'),
  ...withOptions,
  ...withSettings('explain').slice(0, 4),
  ...explainedAtOnce,
  ...ofServers,
]
