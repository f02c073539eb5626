import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../../handlers/yaml.node.ts'
import { planSpec } from '../../../src/spawner/build-spec.ts'
import type { JoinedNetwork } from '../../../src/spawner/network-names.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { serverHost } from '../../../src/spawner/server-host.ts'
import { ownerHash } from '../../../src/spawner/service-name.ts'
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
  const verdicts = planSpec('main', request, rules, JOINED).policy
  return verdicts.flatMap(({ verdict, rule }) => (verdict === 'refused' ? [rule] : []))
}

/** The policy in the line that a refusal ends with. */
const pasted = ([refusal = '']: readonly string[]): unknown =>
  parseYaml(refusal.slice(refusal.indexOf('policy: ') + 'policy: '.length))

const inNetwork = (attachment: object) => ({ networks: [{ target: 'servers', ...attachment }] })
describe('a network that the service is in', () => {
  test.each([
    ['by its name', { networks: ['hub_control'] }],
    ['by its id', { networks: ['servers', 'q1w2'] }],
    ['as an attachment', { networks: { target: 'hub_control' } }],
  ])('is refused, %s, and the line allows it', (_, config) => {
    const told = refusals({ config })
    expect(told).toEqual([
      "not allowed by the policy (admin.networks): the service itself is in it; to allow it, add to the policy: admin: {networks: ['hub_control', '*']}",
    ])
    expect(refusals({ config }, pasted(told))).toEqual([])
  })

  test.each([['hub_control'], ['*_control'], ['hub*']])('is allowed where %s is listed', (one) => {
    const config = { networks: ['hub_control'] }
    expect(refusals({ config }, { admin: { networks: [one] } })).toEqual([])
  })

  test.each([[['*']], [['**']], [['servers']], [[]]])('is refused by %j', (networks) => {
    const config = { networks: ['hub_control'] }
    expect(refusals({ config }, { admin: { networks } })).toHaveLength(1)
  })

  test('is refused to users, too, unless the policy names it for them', () => {
    const asked = { config: { networks: ['servers'] }, user_options: { networks: ['hub_control'] } }
    expect(refusals(asked, { user: { networks: ['*'] } })).toHaveLength(1)
    expect(refusals(asked, { user: { networks: ['hub_control'] } })).toEqual([])
  })

  test('does not keep others back', () => {
    expect(refusals({ config: { networks: ['servers', 'more'] } })).toEqual([])
  })
})

describe('a name in the DNS of a network', () => {
  test.each([
    ['an alias', inNetwork({ aliases: ['hub'] }), "admin: {aliases: ['hub']}"],
    ['a host name', { container_spec: { hostname: 'lab' } }, "admin: {aliases: ['lab']}"],
  ])('%s is refused, and the line allows it', (_, config, line) => {
    const told = refusals({ config })
    expect(told).toEqual([expect.stringContaining(`; to allow it, add to the policy: ${line}`)])
    expect(refusals({ config }, pasted(told))).toEqual([])
  })

  test.each([['hub-{{.Task.Slot}}'], ['{{.Node.Hostname}}'], ['*']])(
    '%s is no name, and is told without a line',
    (hostname) => {
      const [told] = refusals({ config: { container_spec: { hostname } } })
      expect(told).toMatch(/has to be listed, unless it is that of the server's own service$/)
    },
  )

  test('one with a placeholder is allowed where a pattern says so', () => {
    const policy = { admin: { aliases: ['nb-*'] } }
    const config = { container_spec: { hostname: 'nb-{{.Task.Slot}}' } }
    expect(refusals({ config }, policy)).toEqual([])
  })

  test('the line keeps what the policy lists', () => {
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
  ])("is allowed where it is the server's own: %s", (_, config) => {
    expect(refusals({ config })).toEqual([])
  })

  test.each([[['*']], [['lab']], [['HUB']], [['hub?']], [['jupyterhub', 'x*']]])(
    'is refused by %j',
    (aliases) => {
      expect(refusals({ config: inNetwork({ aliases: ['hub'] }) }, { admin: { aliases } })).toEqual(
        [expect.stringContaining('admin.aliases')],
      )
    },
  )

  test('is not for users, unless the policy lists it for them', () => {
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

  test('may not be one of very many', () => {
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
