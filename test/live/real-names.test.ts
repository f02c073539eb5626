// lane: light (it waits for Swarm, and computes a quarter of the time)
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Docker, dockerCli } from '../../lab/hub/docker-cli.ts'
import type { Policy } from '../../src/spawner/policy/policy.ts'
import { ask, createTestService } from '../support/test-hub.ts'
import { openRealWorld, type RealWorld } from './real-world.ts'

const IMAGE = 'scenario/notebook:1'
const notebook = {
  container_spec: { image: IMAGE },
  networks: ['jupyterhub'],
  stop_grace_period: '1s',
}
const server = { username: 'alice', server_name: '' }

// What Docker's DNS makes of the names that we give; between these two, Docker wrote it anew.
describe.each(['20.10', '28.5'] as const)('on Engine %s', (version) => {
  let world: RealWorld
  let docker: Docker
  beforeAll(async () => {
    world = await openRealWorld(version)
    docker = dockerCli({ DOCKER_HOST: world.dockerd.dockerHost })
    // Whoever asks, as hub and proxy do, from another container of the network.
    await run('asker')
  }, 120_000)
  afterAll(() => world?.close())

  const run = (name: string, ...options: string[]) =>
    docker([
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'jupyterhub',
      ...options,
      IMAGE,
      'sleep',
      '1000',
    ])
  const inAsker = (...command: string[]) => docker(['exec', 'asker', ...command])
  /** The address of a name, or what the DNS says against it. */
  const lookUp = async (name: string): Promise<string> => {
    const said = await inAsker('nslookup', name).catch(String)
    return /^Name:.*\nAddress:\s*(\S+)/m.exec(said)?.[1] ?? said
  }
  // Debian's static busybox crashes at wget's -T.
  const page = (url: string) => inAsker('wget', '-q', '-O', '-', url)
  const start = async (spawn_id: string, more: object = {}, service = world.service) => {
    const state = await ask(service, 'start', {
      server,
      spawn_id,
      config: { ...notebook, ...more },
    })
    const url = state.url ?? ''
    const { hostname } = new URL(url)
    return { ...state, url, hostname, address: await lookUp(hostname) }
  }
  const stop = () => ask(world.service, 'stop', { server })
  const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/

  test('a server is reached by the host of its start, and by the name of its service', async () => {
    const { url, hostname, service_name, address } = await start('first')
    expect(address).toMatch(ADDRESS)
    expect(await lookUp(service_name)).toBe(address)
    expect(await lookUp(hostname.toUpperCase())).toBe(address)
    expect(await page(url)).toBe('busybox')
    // Where a version before this one would say that it is, should somebody go back to that.
    expect(await page(`http://${service_name}:8888`)).toBe('busybox')
    await stop()
  })

  test('the next start of a server has another host and another address, and the host before is gone', async () => {
    const first = await start('one')
    await stop()
    await run('occupier', '--ip', first.address)
    const second = await start('two')
    expect(second.hostname).not.toBe(first.hostname)
    expect(second.address).toMatch(ADDRESS)
    expect(second.address).not.toBe(first.address)
    expect(await page(second.url)).toBe('busybox')
    expect(await lookUp(second.service_name)).toBe(second.address)
    expect(await lookUp(first.hostname)).not.toMatch(ADDRESS)
    await docker(['rm', '--force', 'occupier'])
    await stop()
  })

  test('both names of a server with a virtual IP lead to it', async () => {
    // This kernel may have no IPVS, without which nothing answers at it.
    const { hostname, service_name, address } = await start('vip', { endpoint: 'vip' })
    expect(address).toMatch(ADDRESS)
    expect(await lookUp(service_name)).toBe(address)
    const container = await lookUp(`tasks.${service_name}`)
    expect(container).toMatch(ADDRESS)
    expect(container).not.toBe(address)
    expect(hostname).not.toBe(service_name)
    await stop()
  })

  test('a task that Swarm starts anew has the same host and another address', async () => {
    const restart_policy = { condition: 'any', delay: '0s' }
    const { url, hostname, address, service_name } = await start('again', { restart_policy })
    const filter = `label=com.docker.swarm.service.name=${service_name}`
    await docker(['kill', await docker(['ps', '-q', '--filter', filter])])
    const isAnother = async () => {
      const now = await lookUp(hostname)
      return ADDRESS.test(now) && now !== address
    }
    await expect.poll(isAnother, { timeout: 20_000 }).toBe(true)
    await expect.poll(() => page(url).catch(String), { timeout: 20_000 }).toBe('busybox')
    expect(await ask(world.service, 'poll', { server })).toMatchObject({ state: 'running', url })
    await stop()
  })

  /** A service with another policy for what the hub configures. */
  const withPolicy = (more: Partial<Policy['admin']>) => {
    const { policy } = world.spawner
    const admin = { ...policy.admin, ...more }
    return createTestService({ ...world.spawner, policy: { ...policy, admin } })
  }

  test('the host name of a container is a name for all, so the policy has to list it', async () => {
    const named = (spawn_id: string, hostname: string, service = world.service) =>
      start(spawn_id, { container_spec: { image: IMAGE, hostname } }, service)
    await expect(named('named', 'chosen-by-the-hub')).rejects.toThrow("['chosen-by-the-hub']")
    const { address } = await named(
      'named',
      'chosen-by-the-hub',
      withPolicy({ aliases: ['chosen-*'] }),
    )
    expect(await lookUp('chosen-by-the-hub')).toBe(address)
    await stop()
    const own = await named('own', '{{.Service.Name}}')
    expect(await lookUp(own.service_name)).toBe(own.address)
    await stop()
  })

  test('a server on the network of its node starts, and has no host of its own', async () => {
    const { json } = await world.engine('GET', '/networks/host')
    expect(json).toMatchObject({ Name: 'host' })
    const state = await ask(withPolicy({ networks: ['*', 'host'] }), 'start', {
      server,
      config: { ...notebook, networks: ['host'] },
    })
    expect(state).toMatchObject({ state: 'running', url: `http://${state.service_name}:8888` })
    await stop()
  })
})
