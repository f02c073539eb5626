import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { configOf, type HubWorld, openHubWorld } from './hub-world.ts'
import { envOf } from './swarm-view.ts'

const extraConfig = configOf('settings_config.py')
const md5 = (name: string) => createHash('md5').update(name).digest('hex')
const serviceOf = (user: string, suffix = '1') => `jupyterhub-${md5(user)}-${suffix}`

/** Every setting of the old README, and JupyterHub's own, in a real hub: what they make of a server. */
export const settingsSuite = (engine: () => RealEngine, release: Release): void => {
  let hub: HubWorld['hub']
  let client: HubWorld['client']
  let swarm: HubWorld['swarm']
  beforeAll(async () => {
    ;({ hub, client, swarm } = await openHubWorld(engine(), release, extraConfig))
  }, 180_000)
  afterAll(() => hub?.stop(), 60_000)

  describe('a server by the settings of an old jupyterhub_config.py', () => {
    const alice = { user: 'alice' }
    beforeAll(() => client.start(alice).then(() => {}), 120_000)

    test('a server by old settings is a service of the documented name, image, command, resources and network', async () => {
      const { Spec } = await swarm.inspect(serviceOf('alice'))
      const { ContainerSpec, Resources, Placement, Networks } = Spec.TaskTemplate
      expect(ContainerSpec.Image).toBe(hub.images.server)
      expect(ContainerSpec.Args).toEqual(['jupyterhub-singleuser', '--ServerApp.quit_button=False'])
      expect(Resources).toMatchObject({
        Limits: { NanoCPUs: 1e9, MemoryBytes: 512e6 },
        Reservations: { NanoCPUs: 1e6, MemoryBytes: 64e6 },
      })
      expect(Placement).toMatchObject({ Constraints: ['node.role == manager'] })
      const id = await hub.docker(['network', 'inspect', '--format', '{{.Id}}', hub.networkName])
      expect(Networks).toEqual([{ Target: id }])
    })

    test('a server by old settings reaches the hub by the name of its service', async () => {
      const env = envOf(await swarm.inspect(serviceOf('alice')))
      expect(env['JUPYTERHUB_API_URL']).toBe('http://hub:8081/hub/api')
      await expect
        .poll(() => hub.logs(), { timeout: 20_000 })
        .toMatch(/200 POST \/hub\/api\/users\/alice\/activity \(alice@/)
    })

    test('a server by old settings has the environment of the hub and of the admin', async () => {
      const env = envOf(await swarm.inspect(serviceOf('alice')))
      expect(env).toMatchObject({
        JUPYTERHUB_USER: 'alice',
        JUPYTERHUB_ROOT_DIR: '/home/jovyan',
        NOTEBOOK_DIR: '/home/jovyan',
        JUPYTERHUB_DEFAULT_URL: '/api/status',
        JUPYTERHUB_SERVICE_URL: 'http://0.0.0.0:8888/user/alice/',
        NUMBER: '42',
        CALLED: 'alice',
      })
      const [container = ''] = await swarm.containers(serviceOf('alice'))
      const seen = await hub.docker(['exec', container, 'printenv', 'TEXT'])
      expect(seen).toBe('a {{.Node.Hostname}} b')
    })

    test('a server by old settings keeps its named volume, and loses its anonymous one with the service', async () => {
      const volume = `jupyterhub-user-${md5('alice')}`
      const made = await swarm.volumes()
      expect(made).toContain(volume)
      const [container = ''] = await swarm.containers(serviceOf('alice'))
      const format = '{{range .Mounts}}{{if eq .Destination "/scratch"}}{{.Name}}{{end}}{{end}}'
      const scratch = await hub.docker(['inspect', '--format', format, container])
      expect(made).toContain(scratch)
      await hub.docker(['exec', container, 'sh', '-c', 'echo kept > ~/file; ls /from-host'])
      await client.stop(alice)
      await expect.poll(() => swarm.volumes(), { timeout: 20_000 }).not.toContain(scratch)
      await client.start(alice)
      const answer = await client.ask(alice, 'api/contents/file?content=1')
      expect(await answer.json()).toMatchObject({ content: 'kept\n' })
    })

    test('a named server by old settings is another service beside the default one', async () => {
      // JupyterHub 6 wants a letter first; until then a server may be called as the default one's service ends.
      const names = release === '6.1' ? ['second'] : ['second', '1']
      for (const name of names) await client.start({ user: 'alice', name })
      const services = await swarm.names(`jupyterhub-${md5('alice')}-`)
      expect(services).toContain(serviceOf('alice'))
      expect(services).toContain(serviceOf('alice', 'second'))
      expect(services).toHaveLength(1 + names.length)
      for (const name of names) await client.stop({ user: 'alice', name })
      expect(await swarm.names(`jupyterhub-${md5('alice')}-`)).toEqual([serviceOf('alice')])
      expect((await client.ask(alice, 'api')).status).toBe(200)
      await client.stop(alice)
    })

    test('a server by old settings is followed by the hooks of its end', async () => {
      expect(await hub.logs()).toContain('the hook after the stop of alice')
    })
  })

  const nested = { container_spec: { resource_spec: { mem_limit: 300e6 }, placement: [] } }
  const flat = { resource_spec: { mem_limit: 300e6 } }
  test.each([
    ['nested, as the old README has them', nested],
    ['flat', flat],
  ])('options of users in the JSON body overwrite settings: %s', async (spelling, options) => {
    const user = `options-${spelling.slice(0, 4)}`
    await client.start({ user }, options)
    const { Spec } = await swarm.inspect(serviceOf(user))
    expect(Spec.TaskTemplate.Resources).toMatchObject({
      Limits: { MemoryBytes: 300e6, NanoCPUs: 1e9 },
      Reservations: { MemoryBytes: 64e6 },
    })
    expect(Spec.TaskTemplate.ContainerSpec.Image).toBe(hub.images.server)
    await client.stop({ user })
  })

  test('an option that does not exist is refused by its name', async () => {
    const starting = client.start({ user: 'typo' }, { contaner_spec: {} })
    await expect(starting).rejects.toThrow('contaner spec')
    expect(await swarm.names(`jupyterhub-${md5('typo')}`)).toEqual([])
  })

  test("JupyterHub's own limits hold if resource_spec is silent, also if a hook sets them", async () => {
    const events = await client.start({ user: 'traits' })
    expect(events.at(-1)?.ready ?? true).toBe(true)
    const { Spec } = await swarm.inspect(serviceOf('traits'))
    expect(Spec.TaskTemplate.Resources).toMatchObject({
      Limits: { NanoCPUs: 0.5e9, MemoryBytes: 256 * 2 ** 20 },
      Reservations: { NanoCPUs: 0.1e9, MemoryBytes: 32 * 2 ** 20 },
    })
    expect(Spec.TaskTemplate.ContainerSpec.Args[0]).toBe('jupyterhub-singleuser')
    expect(Spec.TaskTemplate.ContainerSpec.Mounts).toEqual([])
    await client.stop({ user: 'traits' })
  })

  // In virtual environments they run on each version, and on Python 3.11; Debian trixie has a newer Python.
  const runOwnTests = async () => {
    const [container = ''] = await swarm.containers(hub.hubServiceName)
    // The one place of the container that docker cp can write to.
    const copy = '/srv/jupyterhub/data/hub'
    await hub.docker(['cp', 'hub', `${container}:${copy}`])
    const tests = ['start', 'poll', 'stop', 'request', 'progress', 'form', 'lifecycle', 'http']
    const files = tests.map((name) => `test_${name}.py`)
    // Rejects with what the tests print where one fails.
    await hub.docker(['exec', container, 'python3', `${copy}/tests`, ...files])
  }
  if (release === '5.2') test("the class's own tests pass on Python 3.13", runOwnTests, 240_000)

  // JupyterHub 3.0 has none.
  if (release === '3.0') return
  test('the overrides of a group hold', async () => {
    await client.api('POST', '/users/grouped')
    await client.api('POST', '/groups/big')
    await client.api('POST', '/groups/big/users', { users: ['grouped'] })
    await client.start({ user: 'grouped' })
    const { Spec } = await swarm.inspect(serviceOf('grouped'))
    expect(Spec.TaskTemplate.Resources).toMatchObject({ Limits: { MemoryBytes: 700e6 } })
    await client.stop({ user: 'grouped' })
  })
}
