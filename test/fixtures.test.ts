import { hostname } from 'node:os'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  ENGINE_VERSIONS,
  type EngineVersion,
  Fixture,
  fixtureNames,
  fixtureText,
  readFixture,
} from '../fixtures/fixture.ts'
import { serviceName } from '../fixtures/notebook-spec.ts'
import { OLDEST_API } from '../src/docker/api-version.ts'
import { Container } from '../src/docker/containers.ts'
import { EngineEvent } from '../src/docker/events.ts'
import { Network } from '../src/docker/networks.ts'
import { Node } from '../src/docker/nodes.ts'
import { Service } from '../src/docker/services.ts'
import { Info } from '../src/docker/system.ts'
import { Task } from '../src/docker/tasks.ts'

/** What the answers to each resource and verb are read with. */
const SCHEMAS: Readonly<Record<string, v.GenericSchema>> = {
  'service-inspect': Service,
  'service-list': v.array(Service),
  'task-inspect': Task,
  'task-list': v.array(Task),
  'container-inspect': Container,
  'node-inspect': Node,
  'node-list': v.array(Node),
  'network-inspect': Network,
  'network-list': v.array(Network),
  info: Info,
}

const caseless = (name: string) => name.replace(/\..*/, '')
const read = (version: EngineVersion, name: string): unknown =>
  JSON.parse(fixtureText(version, name))

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const names = fixtureNames(version)

  test.each(names)('the fixture %s has the format, and its name tells the status', (name) => {
    const fixture = v.parse(Fixture, read(version, name))
    expect(name).toMatch(/^[a-z]+(-[a-z]+)?(\.[a-z]+(-[a-z]+)*)?\.\d{3}$/)
    expect(name.endsWith(`.${fixture.response.status}`)).toBe(true)
    expect(fixture.recorded.engine.startsWith(version)).toBe(true)
  })

  test.each(names.filter((name) => name.endsWith('.200') && caseless(name) in SCHEMAS))(
    'the fixture %s is an answer that we can read',
    (name) => {
      const schema = SCHEMAS[caseless(name)] ?? v.never()
      expect(v.safeParse(schema, readFixture(version, name).response.json).issues).toBeUndefined()
    },
  )

  test('the recorded events are events', () => {
    const { lines } = readFixture(version, 'events.200').response
    expect(v.safeParse(v.pipe(v.array(EngineEvent), v.nonEmpty()), lines).success).toBe(true)
  })

  test('all fixtures of an Engine were recorded at once, in the API version that we would speak', () => {
    // The recorder learned to record jobs later than all else.
    const parts = Object.values(Object.groupBy(names, (name) => String(name.includes('.job'))))
    for (const part of parts) {
      const recorded = part?.map((name) => JSON.stringify(readFixture(version, name).recorded))
      expect(new Set(recorded).size).toBe(1)
    }
  })

  test('the recorded services are those that we would start', () => {
    const [service] = v.parse(
      v.array(Service),
      readFixture(version, 'service-list.200').response.json,
    )
    expect(service?.Spec).toMatchObject({
      Name: serviceName,
      Labels: {
        'org.swarmspawner.service-name': serviceName,
        'org.swarmspawner.username': 'alice',
      },
    })
  })

  test('the recorded states of a start are those of one plain service', () => {
    const ways = ['new', 'pending', 'assigned', 'preparing', 'starting', 'running'].map((state) => {
      const { json } = readFixture(version, `task-list.${state}`).response
      const [task, ...others] = v.parse(v.array(Task), json)
      expect(others).toEqual([])
      expect(task?.Status.State).toBe(state)
      return JSON.stringify(task?.Spec)
    })
    expect(new Set(ways.map((way) => way.replace(/"Networks".*/, ''))).size).toBe(1)
  })
})

/** What one version alone can show. */
const OWN_CASES: Partial<Record<EngineVersion, readonly string[]>> = {
  // Until Engine 28.5, such a task is rejected.
  '29.7': ['task-list.preparing-registry-unreachable'],
}

/** What nobody has recorded of a version yet: `npm run record` does not make it. */
const isMissing = (version: EngineVersion, name: string): boolean =>
  version === '29.7' && name.includes('.job')

test.each(ENGINE_VERSIONS)(
  'Engine %s has the same cases as the oldest, and its own; only a status may differ',
  (version) => {
    const casesOf = (version: EngineVersion) =>
      new Set(fixtureNames(version).map((name) => name.replace(/\.\d{3}$/, '')))
    const own = OWN_CASES[version] ?? []
    const oldest = [...casesOf(ENGINE_VERSIONS[0])].filter((name) => !isMissing(version, name))
    const expected = [...oldest, ...own].sort()
    expect([...casesOf(version)].sort()).toEqual(expected)
  },
)

test('the oldest Engine is the oldest that we speak to', () => {
  expect(readFixture(ENGINE_VERSIONS[0], 'ping.200').recorded.apiVersion).toBe(OLDEST_API)
})

describe('no fixture holds a secret', () => {
  /** Loopback, any, the defaults of overlay and bridge networks, and the addresses of RFC 5737. */
  const PUBLIC = /^(127\.|0\.0\.0\.0$|10\.|172\.(17|18)\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/
  /** Names that machines may have by chance and fixtures speak of. */
  const WORDS = new Set([
    'localhost',
    'linux',
    'debian',
    'docker',
    'default',
    'lab',
    'node-1',
    'node-2',
  ])
  const MARKS: readonly [kind: string, mark: RegExp][] = [
    ['JWT', /\beyJ[\w-]+\.[\w-]+\.[\w-]+/],
    ['PEM', /-----BEGIN/],
    ['join token', /SWMTKN-/],
    ['webhook secret', /\bwhsec_/],
    ['registry credentials', /"x-registry-auth": "(?!\[redacted\]")/i],
    ['authorization', /"authorization": "/i],
    ['long base64', /(?=[a-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,}/],
    ['path of a temporary directory', /"\/tmp\//],
  ]

  /** Logs are recorded as base64: what counts is what they say. */
  const decoded = (text: string): string =>
    text.replace(/"base64": "([^"]*)"/, (_, bytes: string) =>
      Buffer.from(bytes, 'base64').toString(),
    )

  /** The kinds of secrets that a text holds. Digests, which are public, are no long base64. */
  const secretsIn = (text: string, machine = hostname()): string[] => {
    const plain = decoded(text).replaceAll(/\b[0-9a-f]{64}\b/g, '')
    const words = new Set(plain.split(/[^\w.-]+/))
    const addresses = plain.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b(?![.+~-])/g) ?? []
    return [
      ...MARKS.filter(([, mark]) => mark.test(plain)).map(([kind]) => kind),
      ...(words.has(machine) && !WORDS.has(machine) ? ['host name'] : []),
      ...addresses.filter((address) => !PUBLIC.test(address)).map(() => 'address'),
    ]
  }

  test.each(ENGINE_VERSIONS)('no fixture of Engine %s holds a secret', (version) => {
    for (const name of fixtureNames(version))
      expect(secretsIn(fixtureText(version, name)), name).toEqual([])
  })

  // Put together here, so that nothing takes this file for one that holds secrets.
  test.each([
    ['JWT', `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`],
    ['PEM', `-----${'BEGIN'} PRIVATE KEY-----`],
    ['join token', `SWMTKN${'-1-'}0123456789`],
    ['webhook secret', `whsec${'_'}MDEyMzQ1Njc4OQ==`],
    ['long base64', Buffer.alloc(48, 'secret').toString('base64')],
    ['path of a temporary directory', '", "Source": "/tmp/engine/x'],
    ['authorization', '", "Authorization": "Basic e30='],
    ['host name', 'builder-7'],
    ['address', '198.18.0.1'],
    ['address', '192.168.1.7:2377'],
  ])('a %s that is planted in a fixture is found', (kind, secret) => {
    const planted = fixtureText('28.5', 'info.200').replace('"node-1"', `"${secret}"`)
    expect(planted).toContain(secret)
    expect(secretsIn(planted, 'builder-7')).toContain(kind)
  })

  test('a secret that is planted in a log of a fixture is found', () => {
    const log = Buffer.from(`the secret is whsec${'_'}MDEy`).toString('base64')
    const planted = fixtureText('28.5', 'service-logs.200').replace(/(?<="base64": ")[^"]*/, log)
    expect(secretsIn(planted)).toEqual(['webhook secret'])
  })

  test('credentials that are planted in a header of a fixture are found', () => {
    const planted = fixtureText('28.5', 'image-pull.200').replace('[redacted]', 'e30=')
    expect(secretsIn(planted)).toEqual(['registry credentials'])
  })
})
