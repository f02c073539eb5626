import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../../handlers/settings/yaml.node.ts'
import type { JoinedNetwork } from '../../../src/spawner/engine/network-names.ts'
import { planSpec } from '../../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { serverHost } from '../../../src/spawner/server/server-host.ts'
import { ownerHash } from '../../../src/spawner/server/service-name.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

const SERVICE = `jupyter-${ownerHash('alice')}-1`
const HOST = serverHost({
  hub: 'main',
  serviceName: SERVICE,
  username: 'alice',
  spawnId: 'spawn',
})
const KEPT: JoinedNetwork = { name: 'hub_control', keptBack: 'the service itself is in it' }
const JOINED = new Map<string, JoinedNetwork>([
  ['hub_control', KEPT],
  ['q1w2', KEPT],
  ['servers', { name: 'servers' }],
])

type Asked = { config?: object; user_options?: unknown }

/** What the policy refuses of a start of alice's. */
const refusals = ({ config = {}, user_options }: Asked, policy: unknown = {}): string[] => {
  const request = v.parse(StartRequest, {
    server: { username: 'alice' },
    spawn_id: 'spawn',
    config: { service_image: 'a', use_user_options: true, ...config },
    ...(user_options !== undefined && { user_options }),
  })
  const rules = completePolicy(v.parse(PolicyFile, policy))
  const plan = planSpec('main', request, rules)
  const verdicts = plan.judge({ networkNames: JOINED, dataRoot: undefined })
  return verdicts.flatMap(({ verdict, rule }) => (verdict === 'refused' ? [rule] : []))
}

/** The policy in the line that a refusal ends with. */
const pasted = ([refusal = '']: readonly string[]): unknown =>
  parseYaml(refusal.slice(refusal.indexOf('policy: ') + 'policy: '.length))

const inNetwork = (attachment: object) => ({ networks: [{ target: 'servers', ...attachment }] })
const logs = (name: string, options = {}) => ({ log_driver: { name, options } })

describe('a network that the service is in', () => {
  test.each([
    ['by its name', { networks: ['hub_control'] }],
    ['by its id', { networks: ['servers', 'q1w2'] }],
    ['as an attachment', { networks: { target: 'hub_control' } }],
  ])('a network that the service is in is refused, %s, and the line allows it', (_, config) => {
    const told = refusals({ config })
    expect(told).toEqual([
      "not allowed by the policy (admin.networks): the service itself is in it; to allow it, add to the policy: admin: {networks: ['hub_control', '*']}",
    ])
    expect(refusals({ config }, pasted(told))).toEqual([])
  })

  test.each([['hub_control'], ['*_control'], ['hub*']])(
    'a network that the service is in is allowed if %s is listed',
    (one) => {
      const config = { networks: ['hub_control'] }
      expect(refusals({ config }, { admin: { networks: [one] } })).toEqual([])
    },
  )

  test.each([[['*']], [['**']], [['servers']], [[]]])(
    'a network that the service is in is refused by %j',
    (networks) => {
      const config = { networks: ['hub_control'] }
      expect(refusals({ config }, { admin: { networks } })).toHaveLength(1)
    },
  )

  test('a network that the service is in is refused to users, too, unless the policy names it for them', () => {
    const asked = { config: { networks: ['servers'] }, user_options: { networks: ['hub_control'] } }
    expect(refusals(asked, { user: { networks: ['*'] } })).toHaveLength(1)
    expect(refusals(asked, { user: { networks: ['hub_control'] } })).toEqual([])
  })

  test('a network that the service is in does not keep others back', () => {
    expect(refusals({ config: { networks: ['servers', 'more'] } })).toEqual([])
  })
})

describe('a name in the DNS of a network', () => {
  test.each([
    ['an alias', inNetwork({ aliases: ['hub'] }), "admin: {aliases: ['hub']}"],
    ['a host name', { container_spec: { hostname: 'lab' } }, "admin: {aliases: ['lab']}"],
  ])(
    '%s for the DNS of a network is refused, and the line of the policy allows it',
    (_, config, line) => {
      const told = refusals({ config })
      expect(told).toEqual([expect.stringContaining(`; to allow it, add to the policy: ${line}`)])
      expect(refusals({ config }, pasted(told))).toEqual([])
    },
  )

  test.each([['hub-{{.Task.Slot}}'], ['{{.Node.Hostname}}'], ['*']])(
    '%s is no name in the DNS of a network, and is told without a line',
    (hostname) => {
      const [told] = refusals({ config: { container_spec: { hostname } } })
      expect(told).toMatch(/has to be listed, unless it is the name of the server's own service$/)
    },
  )

  test('a name with a placeholder is allowed in the DNS of a network if a pattern says so', () => {
    const policy = { admin: { aliases: ['nb-*'] } }
    const config = { container_spec: { hostname: 'nb-{{.Task.Slot}}' } }
    expect(refusals({ config }, policy)).toEqual([])
  })

  test('the line of the policy for a name keeps what the policy lists', () => {
    const policy = { admin: { aliases: ['lab-*', "it's"] } }
    const config = inNetwork({ aliases: ['lab-1', 'hub'] })
    const told = refusals({ config }, policy)
    expect(pasted(told)).toEqual({ admin: { aliases: ['hub', 'lab-*', "it's"] } })
    expect(refusals({ config }, pasted(told))).toEqual([])
  })

  test.each([
    ['the name of its service', inNetwork({ aliases: [SERVICE] })],
    ['the host of its start', inNetwork({ aliases: [HOST, SERVICE] })],
    ['both, as host names', { container_spec: { hostname: SERVICE } }],
    ['the host as a host name', { container_spec: { hostname: HOST } }],
    ['by a placeholder', { container_spec: { hostname: '{{.Service.Name}}' } }],
    ['with an id of Swarm', { container_spec: { hostname: 'nb-{{ .Task.ID }}' } }],
  ])("a name in the DNS of a network is allowed if it is the server's own: %s", (_, config) => {
    expect(refusals({ config })).toEqual([])
  })

  test.each([[['*']], [['lab']], [['HUB']], [['hub?']], [['jupyterhub', 'x*']]])(
    'a name in the DNS of a network is refused by %j',
    (aliases) => {
      expect(refusals({ config: inNetwork({ aliases: ['hub'] }) }, { admin: { aliases } })).toEqual(
        [expect.stringContaining('admin.aliases')],
      )
    },
  )

  test('a name in the DNS of a network is not for users, unless the policy lists it for them', () => {
    const ask = (more: object, policy?: object) =>
      refusals({ config: { networks: ['servers'] }, user_options: more }, policy)
    for (const name of ['hub', SERVICE, HOST]) {
      const networks = [{ target: 'servers', aliases: [name] }]
      expect(ask({ networks })).toEqual([expect.stringContaining('user.aliases')])
    }
    const user = { aliases: ['lab-{username}'], fields: ['hostname'] }
    const name = `lab-${ownerHash('alice')}`
    expect(ask({ networks: [{ target: 'servers', aliases: [name] }] }, { user })).toEqual([])
    expect(ask({ container_spec: { hostname: name } }, { user })).toEqual([])
    for (const hostname of ['hub', '{{.Service.Name}}', SERVICE])
      expect(ask({ container_spec: { hostname } }, { user })).toHaveLength(1)
  })

  test('a name in the DNS of a network may not be one of very many', () => {
    const aliases = new Array(33).fill(SERVICE)
    expect(refusals({ config: inNetwork({ aliases }) })).toEqual([
      expect.stringContaining('at most 32'),
    ])
  })
})

test("options of a network's driver have to be listed by name", () => {
  const config = inNetwork({ driver_opts: { a: 'b' } })
  expect(refusals({ config })).toEqual([expect.stringContaining('DriverOpts has to be listed')])
  expect(refusals({ config }, { admin: { fields: ['*', 'driver_opts'] } })).toEqual([])
})

describe('a log driver', () => {
  const gelf = logs('gelf', { 'gelf-address': 'udp://192.0.2.1:12201', tag: '{{.Name}}' })

  test.each([
    ['gelf', gelf],
    ['syslog', logs('syslog')],
    ['one with a secret', logs('splunk', { 'splunk-url': 'https://a:b@c', 'splunk-token': 's3' })],
    ['files without end', logs('json-file', { 'max-size': '100g' })],
  ])(
    'a log driver that sends logs away, or keeps too much, is refused, and the line allows it: %s',
    (_, config) => {
      const told = refusals({ config })
      expect(told).toHaveLength(1)
      expect(told[0]).not.toMatch(/s3|a:b/)
      expect(refusals({ config }, pasted(told))).toEqual([])
      // Nor does the line allow more drivers than were there.
      expect(refusals({ config: logs('fluentd') }, pasted(told))).toHaveLength(1)
      expect(refusals({ config: logs('local') }, pasted(told))).toEqual([])
    },
  )

  const policy = {
    admin: {
      log_drivers: {
        gelf: {
          'gelf-address': 'udp://192.0.2.1:12201',
          tag: ['{{.Name}}', '{hub}/*'],
          env: ['', 'A'],
        },
      },
    },
  }
  const address = { 'gelf-address': 'udp://192.0.2.1:12201' }

  test.each([
    ['as listed', logs('gelf', { ...address, tag: '{{.Name}}' })],
    ['with what may be left out', logs('gelf', { ...address, tag: 'main/x', env: 'A' })],
    ["the Engine's own", { log_driver: {} }],
  ])('a log driver that the policy lists is allowed: %s', (_, config) => {
    const rules = { admin: { log_drivers: { '*': { '*': '*' }, ...policy.admin.log_drivers } } }
    expect(refusals({ config }, rules)).toEqual([])
  })

  test.each([
    ['to another address', logs('gelf', { 'gelf-address': 'udp://evil:1', tag: '{{.Name}}' })],
    ['without the tag that is pinned', logs('gelf', address)],
    ['without the address that is pinned', logs('gelf', { tag: '{{.Name}}' })],
    ['with an option that is not listed', logs('gelf', { ...address, tag: 'main/', labels: 'a' })],
    ['with a function in the tag', logs('gelf', { ...address, tag: 'main/{{pad "x" 1e9 0}}' })],
    ['of another name', logs('json-file')],
    ['without a name', { log_driver: { options: address } }],
  ])('a log driver that the policy lists otherwise is refused: %s', (_, config) => {
    expect(refusals({ config }, policy)).toEqual([expect.stringContaining('admin.log_drivers')])
  })

  test('a log driver may be refused as a field, whatever is listed', () => {
    const admin = { fields: ['Args'], log_drivers: { '*': { '*': '*' } } }
    expect(refusals({ config: logs('local') }, { admin })).toEqual([
      expect.stringContaining('admin.fields'),
    ])
  })

  test.each([
    ['10m', '3'],
    ['1g', '1'],
    ['100mb', '10'],
    ['1.5GiB', undefined, false],
    ['1Gi', undefined],
    ['1 GB', undefined],
    ['1t', undefined, false],
    ['1g', undefined],
    ['1025m', '1', false],
    [undefined, '51'],
    [undefined, '52', false],
  ])('a log driver keeps at most a gibibyte: %s in %s files', (size, files, isAllowed = true) => {
    const options = { ...(size && { 'max-size': size }), ...(files && { 'max-file': files }) }
    expect(refusals({ config: logs('json-file', options) })).toHaveLength(isAllowed ? 0 : 1)
  })
})

describe('the line of a log driver', () => {
  const told = (options: Record<string, string>, policy = {}) =>
    refusals({ config: logs('splunk', options) }, policy)[0]

  test("the line of a log driver quotes nothing of the policy's own drivers", () => {
    const admin = { log_drivers: { splunk: { 'splunk-token': 'theirs' } } }
    expect(told({ 'splunk-url': 'https://a' }, { admin })).toMatch(
      /; to allow it, add to admin.log_drivers of the policy: 'splunk': {'splunk-url': 'https:\/\/a'}$/,
    )
  })

  test.each([[{ a: '*' }], [{ '*': 'a' }], [{ a: `udp://${'x'.repeat(1000)}` }]])(
    'the line of a log driver is left out if it would mean more, or is too long: %j',
    (options) => {
      expect(told(options)).toMatch(/others have to be listed$/)
    },
  )
})
