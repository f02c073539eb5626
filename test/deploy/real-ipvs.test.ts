import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { containersOf, hubAnswers, replaced } from '../../lab/hub/hub-containers.ts'
import { httpVisitor } from '../hub/http-visitor.ts'
import { STACK } from './deploy-stack.ts'
import { type IpvsWorld, openIpvsWorld } from './ipvs-world.ts'
import { atHome, makeHomes, nfsMounts, nfsSuite } from './nfs-suite.ts'

// What only a kernel with IPVS can show, which few machines of tests have. Everything is slow in a virtual machine.

const HUB = `${STACK}_hub`
const PROXY = `${STACK}_proxy`
const OURS = `${STACK}_swarmspawner`
/** The hub tells a proxy its routes every 30 s. */
const ROUTES_MS = 40_000

const Endpoint = v.object({
  mode: v.string(),
  addresses: v.nullable(v.array(v.object({ Addr: v.string() }))),
})

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

let world: IpvsWorld
beforeAll(async () => {
  const [names, homes] = ['ipvs_config.py', 'nfs_config.py'].map(read)
  world = await openIpvsWorld([names, nfsMounts(), homes].join('\n'))
  await makeHomes(world)
  await hubAnswers(world.url, 240_000)
}, 400_000)
afterAll(() => world?.stop(), 60_000)

const docker = (...args: string[]) => world.docker(args)

const endpointOf = async (service: string) => {
  const format =
    '{"mode": {{json .Spec.EndpointSpec.Mode}}, "addresses": {{json .Endpoint.VirtualIPs}}}'
  const told = await docker('service', 'inspect', '--format', format, service)
  const { mode, addresses } = v.parse(Endpoint, JSON.parse(told))
  return { mode, addresses: (addresses ?? []).map(({ Addr }) => Addr) }
}

/** The addresses of a service's containers, which change. */
const containerAddresses = async (service: string) => {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'
  const containers = await containersOf(world.docker, service)
  return (await docker('inspect', '--format', format, ...containers)).split(/\s+/)
}

/** `docker service update --force`; answers when there is a new container, and all addresses are as they were. */
const replace = async (service: string) => {
  const [before, endpoint] = [await containersOf(world.docker, service), await endpointOf(service)]
  const addresses = await containerAddresses(service)
  await docker('service', 'update', '--force', '--detach', service)
  await replaced(world.docker, service, before, 120_000)
  expect(await endpointOf(service)).toEqual(endpoint)
  const common = (await containerAddresses(service)).filter((one) => addresses.includes(one))
  expect(common.filter(Boolean)).toEqual([])
}

/** A new login of a user whose server runs: where it ends, and with which status. */
const logIn = async (user: string) => {
  const visitor = httpVisitor(world.url)
  await visitor.logIn(user, world.password)
  const { status, url } = await visitor.visit(`/user/${user}/`)
  return `${status} ${new URL(url).pathname}`
}
/** A quick server has no pages, and says so in its own words. */
const isServed = async (user: string) => {
  const { headers } = await world.client.ask({ user }, '')
  return headers.get('server')?.startsWith('SimpleHTTP')
}
const isIn = (user: string) => expect.stringMatching(`^200 /user/${user}/`)

describe('the stack with virtual IPs, and JupyterHub 6.1', () => {
  test('the stack with virtual IPs gives one to each service', async () => {
    for (const [service, networks] of [
      [HUB, 2],
      [PROXY, 1],
      [OURS, 1],
    ] as const) {
      const { mode, addresses } = await endpointOf(service)
      expect([service, mode, addresses.length]).toEqual([service, 'vip', networks])
    }
  })

  test('the stack with virtual IPs starts servers, one of them with a virtual IP of its own', async () => {
    await Promise.all(['alice', 'quick-vip'].map((user) => world.client.start({ user })))
    expect(await logIn('alice')).toEqual(isIn('alice'))
    expect(await isServed('quick-vip')).toBe(true)
    const names = (await docker('service', 'ls', '--format', '{{.Name}}')).split('\n')
    const servers = names.filter((name) => name.startsWith('jupyter-'))
    const modes = await Promise.all(servers.map(async (name) => (await endpointOf(name)).mode))
    expect(modes.sort()).toEqual(['dnsrr', 'vip'])
  }, 240_000)

  test('the stack with virtual IPs lets users in as soon as a replaced hub answers, and starts servers', async () => {
    await replace(HUB)
    await hubAnswers(world.url, 120_000)
    for (let login = 0; login < 3; login++) expect(await logIn('alice')).toEqual(isIn('alice'))
    await world.client.start(atHome('one'))
  }, 300_000)

  test('the stack with virtual IPs has all servers again half a minute after a replaced proxy answers', async () => {
    await replace(PROXY)
    await hubAnswers(world.url, 120_000)
    await expect
      .poll(() => isServed('quick-vip'), { timeout: ROUTES_MS, interval: 1000 })
      .toBe(true)
    expect(await logIn('alice')).toEqual(isIn('alice'))
    await world.client.start(atHome('two'))
  }, 300_000)

  test('the stack with virtual IPs starts and stops servers while the service is replaced', async () => {
    const replacing = replace(OURS)
    await world.client.start({ user: 'quick-meanwhile' })
    await replacing
    for (const user of ['quick-meanwhile', 'quick-vip'])
      expect((await world.client.stop({ user })).status).toBeLessThan(300)
    await expect.poll(() => world.client.isReady({ user: 'quick-meanwhile' })).toBe(false)
    expect(await logIn('alice')).toEqual(isIn('alice'))
  }, 300_000)

  test('doctor finds that the stack has virtual IPs, and says so', async () => {
    const [copy = ''] = await containersOf(world.docker, OURS)
    const program = ['/usr/local/bin/node', '/app/dist/cli.js', 'doctor', '--json']
    const told = await docker('exec', copy, ...program)
    const Checks = v.array(v.object({ name: v.string(), level: v.string(), message: v.string() }))
    const checks = v.parse(Checks, JSON.parse(told))
    expect(checks.find(({ name }) => name === 'hub address')).toEqual({
      name: 'hub address',
      level: 'ok',
      message: `${HUB} keeps its address when it restarts`,
    })
    expect(checks.find(({ name }) => name === 'IPVS')).toMatchObject({ level: 'ok' })
  }, 60_000)
})

nfsSuite(() => world)
