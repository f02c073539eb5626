import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addHost,
  isServerHost,
  passesForServerHost,
  serverHost,
  serverUrl,
} from '../../../src/spawner/server/server-host.ts'
import { serviceName } from '../../../src/spawner/server/service-name.ts'
import vectors from '../../vectors/server-hosts.json' with { type: 'json' }

type Start = { hub: string; spawnId: string; username: string; server_name: string; prefix: string }

const hostOf = ({ hub, spawnId, username, server_name, prefix }: Start): string =>
  serverHost({
    hub,
    spawnId,
    username,
    serviceName: serviceName({ username, server_name, service_prefix: prefix }),
  })

const alice: Start = {
  hub: 'default',
  spawnId: 'alice-1',
  username: 'alice',
  server_name: '',
  prefix: 'jupyter',
}

/** Prefixes up to the limit that service names have, with all letters that these may have. */
const prefixes = fc
  .stringMatching(/^[a-zA-Z0-9]+(?:[-_]{1,3}[a-zA-Z0-9]{1,4}){0,4}$/)
  .map((text) => text.slice(0, 21).replace(/^[-_]+|[-_]+$/g, ''))
const starts: fc.Arbitrary<Start> = fc.record({
  hub: fc.string({ minLength: 1, maxLength: 20 }),
  spawnId: fc.stringMatching(/^[\w.:-]{1,128}$/),
  username: fc.string({ minLength: 1, maxLength: 255, unit: 'binary' }),
  server_name: fc.oneof(
    fc.string({ maxLength: 255, unit: 'binary' }),
    fc.stringMatching(/^[a-z0-9]+(?:-[a-f0-9]{1,30})?$/),
  ),
  prefix: prefixes.filter((prefix) => prefix.length > 0),
})

describe('the host of a start', () => {
  test('the host of a start is a DNS label of at most 63 characters, whatever the name of its service', () => {
    fc.assert(
      fc.property(starts, (start) => {
        const host = hostOf(start)
        expect(host.length).toBeLessThanOrEqual(63)
        expect(host).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
        expect(isServerHost(host)).toBe(true)
        expect(new URL(`http://${host}:8888`).hostname).toBe(host)
      }),
    )
  })

  test('the host of a start is the same for the same start, and another for each other start', () => {
    fc.assert(
      fc.property(starts, starts, (one, other) => {
        expect(hostOf({ ...one })).toBe(hostOf(one))
        for (const key of ['hub', 'spawnId'] as const)
          if (one[key] !== other[key])
            expect(hostOf({ ...one, [key]: other[key] })).not.toBe(hostOf(one))
      }),
    )
  })

  test.each<[string, Partial<Start>, Partial<Start>]>([
    [
      'spawn ids that begin alike',
      { spawnId: `${'a'.repeat(127)}1` },
      { spawnId: `${'a'.repeat(127)}2` },
    ],
    ['two hubs', { hub: 'one' }, { hub: 'two' }],
    ['two servers of a user', { server_name: 'lab' }, { server_name: 'lab-2' }],
    ['two users', { username: 'alice' }, { username: 'bob' }],
    [
      'names that are cut to the same stem',
      { prefix: 'the-long-name-of-hubs', server_name: 'lab-one' },
      { prefix: 'the-long-name-of-hubs', server_name: 'lab-two' },
    ],
    ['names that differ in what DNS has no letter for', { prefix: 'a-b' }, { prefix: 'a_b' }],
    ['names that differ in case', { prefix: 'Lab' }, { prefix: 'lab' }],
    ['what is joined to the same text', { hub: 'a', spawnId: 'b-c' }, { hub: 'a-b', spawnId: 'c' }],
  ])('the host of a start tells %s apart', (_, one, other) => {
    expect(hostOf({ ...alice, ...one })).not.toBe(hostOf({ ...alice, ...other }))
  })

  test('the host of a start begins with what people know its service by', () => {
    expect(hostOf({ ...alice, server_name: 'lab' })).toMatch(/^jupyter-6384e2b2-lab-[0-9a-f]{30}$/)
    expect(hostOf({ ...alice, prefix: 'My_Hub' })).toMatch(/^my-hub-6384e2b2-1-[0-9a-f]{30}$/)
  })

  test('the host of a start never has two hyphens in a row, which mean something in DNS', () => {
    expect(hostOf({ ...alice, prefix: 'xn--a', server_name: 'Größe' })).not.toContain('--')
  })

  test.each(vectors)(
    'the host of a start of $service_name and $spawn_id stays what it is',
    (vector) => {
      const { hub, username, service_name, spawn_id, host } = vector
      expect(serverHost({ hub, username, serviceName: service_name, spawnId: spawn_id })).toBe(host)
    },
  )
})

describe('a name', () => {
  test('a name that a service may have never passes for a host', () => {
    fc.assert(
      fc.property(starts, ({ username, server_name, prefix }) => {
        const name = serviceName({ username, server_name, service_prefix: prefix })
        expect(passesForServerHost(name)).toBe(false)
      }),
    )
    // The shortest prefix leaves the most room for what a user chooses.
    const longest = 'a'.repeat(28)
    const name = serviceName({ username: 'alice', server_name: longest, service_prefix: 'j' })
    expect(name).toHaveLength(63)
    expect(name.endsWith(`-${longest}`)).toBe(true)
    expect(passesForServerHost(name)).toBe(false)
  })

  const host = hostOf(alice)
  test.each([
    ['the host itself', host],
    ['in capitals', host.toUpperCase()],
    ['with the dot of the root', `${host}.`],
    ['in a domain', `${host}.jupyterhub`],
    ['with white space around', ` ${host}\n`],
    ['of another stem', `x-${host.slice(-30)}`],
    ['without a stem', `-${host.slice(-30)}`],
  ])('a name passes for a host: %s', (_, name) => {
    expect(passesForServerHost(name)).toBe(true)
  })

  test.each([
    'hub',
    'jupyter-6384e2b2184bcbf58eccf10ca7a6563c',
    'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1',
    'home-20261125',
    'db-0123456789abcdef',
    host.slice(-30),
    `${host}0`,
    `${host.slice(0, -1)}g`,
  ])('a name that people have today does not pass for a host: %s', (name) => {
    expect(passesForServerHost(name)).toBe(false)
  })

  test.each([
    '',
    `${'a'.repeat(40)}-${host.slice(-30)}`,
    `${host}.`,
    host.toUpperCase(),
    `/${host}`,
  ])('a name that serverHost does not make is no host: %s', (name) => {
    expect(isServerHost(name)).toBe(false)
  })
})

describe('the URL of a server', () => {
  const server = { serviceName: 'jupyter-x-1', port: 8888 }
  const host = hostOf(alice)

  test('the URL of a server has the host of its start, which is an alias of its networks', () => {
    const networks = [{ Aliases: null }, {}, { Aliases: ['lab', host] }]
    expect(serverUrl(server, networks)).toBe(`http://${host}:8888`)
  })

  test.each([
    ['without networks', undefined],
    ['on the network of its host', [{}]],
    ['with other aliases only', [{ Aliases: ['lab', 'jupyter-x-1'] }]],
    ['with an alias that is no host name', [{ Aliases: [`evil.example/${host}`] }]],
  ])('the URL of a server has the name of its service: %s', (_, networks) => {
    expect(serverUrl(server, networks)).toBe('http://jupyter-x-1:8888')
  })
})

describe('a host is added', () => {
  const specOf = (Networks?: { Target: string; Aliases?: string[] }[]) => ({
    Name: 'jupyter-x-1',
    TaskTemplate: { ContainerSpec: { Image: 'x' }, ...(Networks && { Networks }) },
  })

  test('a host is added to each network, after the aliases that are there', () => {
    const spec = specOf([{ Target: 'a' }, { Target: 'b', Aliases: ['lab'] }])
    expect(addHost(spec, 'the-host', new Map())).toEqual({
      spec: specOf([
        { Target: 'a', Aliases: ['the-host'] },
        { Target: 'b', Aliases: ['lab', 'the-host'] },
      ]),
      paths: ['TaskTemplate.Networks.0.Aliases.0', 'TaskTemplate.Networks.1.Aliases.1'],
    })
  })

  test.each([
    ['the network of the host', specOf([{ Target: 'host' }]), new Map()],
    ['its id', specOf([{ Target: '0ckndby1' }]), new Map([['0ckndby1', { name: 'host' }]])],
    ['no network', specOf([{ Target: 'none' }]), new Map()],
    ['an empty list', specOf([]), new Map()],
    ['no list', specOf(), new Map()],
  ])('a host is added to nothing if the server has %s', (_, spec, names) => {
    expect(addHost(spec, 'the-host', names)).toEqual({ spec, paths: [] })
  })
})
