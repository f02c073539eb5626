import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { findService, listServices } from '../../../src/docker/services.ts'
import { explain } from '../../../src/spawner/explain.ts'
import { listServers } from '../../../src/spawner/list-servers.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import type { Rules } from '../../../src/spawner/policy/rules.ts'
import { poll } from '../../../src/spawner/poll.ts'
import { createSpawner, type SpawnerSettings } from '../../../src/spawner/spawner.ts'
import { type StartOptions, start } from '../../../src/spawner/start.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'
import type { ServerState } from '../../../src/spawner/state/server-state.ts'
import { digestOf, refuses, registryEngine, tells } from '../../support/registry-engine.ts'

const { signal } = new AbortController()
const A = digestOf('a')
const B = digestOf('b')
const IMAGE = 'quay.io/lab/notebook:1'
const DOWN = refuses(500, 'Get "https://quay.io/v2/": dial tcp: connect: connection refused')
const UNKNOWN = refuses(404, 'manifest unknown: manifest unknown')

const requestOf = (data: object = {}): StartRequest =>
  v.parse(StartRequest, {
    server: { username: 'alice' },
    config: { service_image: IMAGE, networks: ['jupyterhub'] },
    ...data,
  })

const withConfig = (config: object, more: object = {}) =>
  requestOf({ config: { service_image: IMAGE, networks: ['jupyterhub'], ...config }, ...more })

const world = (settings?: SpawnerSettings) => {
  const engine = registryEngine(settings)
  const { spawner } = engine
  const warned: string[] = []
  const run = async (request: StartRequest, more: Partial<StartOptions> = {}) => {
    const states: ServerState[] = []
    const warn = (all: readonly string[]) => void warned.push(...all)
    const options = { hub: 'default', request, signal, enough: signal, warn, ...more }
    for await (const state of start(spawner, options)) states.push(state)
    const [first, last] = [states.at(0), states.at(-1)]
    if (!first || !last) throw new Error('a start without a state')
    return { first, last }
  }
  const specOf = async ({ service_id: id }: ServerState) =>
    (await findService(spawner.docker, { id: id ?? '' }))?.Spec
  const polled = async () =>
    (
      await poll(spawner, {
        hub: 'default',
        servers: [{ username: 'alice', server_name: '', service_prefix: 'jupyter' }],
      })
    )[0]
  return {
    ...engine,
    run,
    specOf,
    polled,
    warned,
    explained: (request: StartRequest) => explain(spawner, 'default', request, signal),
  }
}

describe('a start', () => {
  test('creates the service with the digest, and its labels keep the name', async () => {
    const { run, specOf, says, spawner } = world()
    says.registry = tells(A, 'linux/amd64')
    const { last } = await run(requestOf())
    const spec = await specOf(last)
    const { ContainerSpec, Placement } = spec?.TaskTemplate ?? {}
    expect(ContainerSpec?.Image).toBe(`${IMAGE}@${A}`)
    expect(Placement).toEqual({ Platforms: [{ Architecture: 'amd64', OS: 'linux' }] })
    for (const labels of [spec?.Labels, ContainerSpec?.['Labels']])
      expect(labels).toMatchObject({ 'org.swarmspawner.image': IMAGE })
    expect(spec?.Labels).not.toHaveProperty(['org.swarmspawner.image-by'])
    expect((await listServers(spawner, 'default', signal))[0]?.image).toBe(IMAGE)
  })

  test('leaves the platforms that a setting has', async () => {
    const { run, specOf, says } = world()
    says.registry = tells(A, 'linux/amd64', 'linux/arm64')
    const Platforms = [{ OS: 'linux' }]
    const { last } = await run(withConfig({ placement: { Platforms } }))
    expect((await specOf(last))?.TaskTemplate['Placement']).toEqual({ Platforms })
  })

  test('of an image with a digest asks nobody and has no label of ours for it', async () => {
    const { run, specOf, asked } = world()
    const image = `quay.io/lab/notebook:1@${B}`
    const { last } = await run(withConfig({ service_image: image }))
    expect(asked).toEqual([])
    expect((await specOf(last))?.TaskTemplate.ContainerSpec?.Image).toBe(image)
    expect((await specOf(last))?.Labels).not.toHaveProperty(['org.swarmspawner.image'])
  })

  test('creates exactly what explain says', async () => {
    const { run, specOf, explained } = world()
    const request = requestOf({ spawn_id: 'one', issued_at: 1_700_000_000_000 })
    const said = await explained(request)
    expect(said).toMatchObject({
      would_start: true,
      image: {
        ...{ name: IMAGE, image: `${IMAGE}@${A}`, digest: A },
        ...{ from: 'registry', pull_policy: 'if-not-present' },
      },
      sources: { 'TaskTemplate.ContainerSpec.Image': 'service_image' },
    })
    const spec = await specOf((await run(request)).last)
    expect(spec).toMatchObject({
      Labels: said.spec.Labels,
      TaskTemplate: { ContainerSpec: { Image: `${IMAGE}@${A}` } },
    })
  })

  test('a hundred at once ask the registry once', async () => {
    const { run, asked, spawner } = world()
    const enough = AbortSignal.abort()
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        run(requestOf({ server: { username: `user-${index}` } }), { enough }),
      ),
    )
    expect(asked).toHaveLength(1)
    const services = await listServices(spawner.docker)
    const images = services.map(({ Spec }) => Spec.TaskTemplate.ContainerSpec?.Image)
    expect(images).toEqual(Array.from({ length: 100 }, () => `${IMAGE}@${A}`))
  })

  test('makes three more calls to the Engine for the first of a tag, and none for the next', async () => {
    const { run, calls, pass } = world()
    const enough = AbortSignal.abort()
    const callsOf = async (username: string, service_image: string) => {
      calls.length = 0
      await run(withConfig({ service_image }, { server: { username } }), { enough })
      return [...calls].sort()
    }
    // What a copy asks once, such as the version of the API.
    await callsOf('alice', IMAGE)
    pass(6000)
    const first = await callsOf('bob', 'quay.io/lab/notebook:2')
    const next = await callsOf('carol', 'quay.io/lab/notebook:2')
    const ofImages = ['GET /distribution/quay.io/lab/notebook%3A2/json', 'GET /services']
    expect(first).toEqual([...next, ...ofImages, 'GET /tasks'].sort())
  })
})

describe('a start whose registry does not answer', () => {
  test('starts, and says so in its progress, in explain, and once in the log', async () => {
    const { run, says, warned, explained } = world()
    says.registry = DOWN
    says.image = refuses(404, 'No such image')
    const words = expect.stringContaining('did not tell the digest of quay.io/lab/notebook:1')
    expect((await explained(requestOf())).warnings).toContainEqual(words)
    for (const username of ['alice', 'bob', 'carol']) {
      const { first, last } = await run(requestOf({ server: { username } }))
      expect(last.state).toBe('running')
      expect(first.events).toMatchObject([{ progress: 2, message: words }])
      expect(last.events.map(({ message }) => message)).toContainEqual(words)
    }
    expect(warned).toEqual([words])
  })

  test('of an image that was built here says nothing', async () => {
    const { run, says, warned, explained } = world()
    says.registry = DOWN
    says.image = { status: 200, body: { Id: digestOf('1'), RepoDigests: [] } }
    const { last } = await run(requestOf())
    expect(warned).toEqual([])
    expect(last.events.filter(({ seq }) => seq.endsWith(':image'))).toEqual([])
    expect(await explained(requestOf())).toMatchObject({
      warnings: [],
      image: { image: IMAGE, digest: null, from: 'engine' },
    })
  })
})

describe('pull_policy', () => {
  const always = (more?: object) => withConfig({ pull_policy: 'always' }, more)
  const never = (more?: object) => withConfig({ pull_policy: 'never' }, more)

  test('always: a registry that says no is a refusal that names the image, in explain as well', async () => {
    const { run, says, explained, spawner } = world()
    says.registry = UNKNOWN
    const reason = expect.stringContaining('the registry refuses the image: manifest unknown')
    await expect(run(always())).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: 'service_image', message: reason }],
    })
    expect(await explained(always())).toMatchObject({
      would_start: false,
      obstacles: [{ from: 'service_image', reason }],
    })
    expect(await listServices(spawner.docker)).toEqual([])
  })

  test('always: a start that is sent again reports on its server, whatever the registry says now', async () => {
    const { run, says } = world()
    const { last } = await run(always({ spawn_id: 'one' }))
    for (const registry of [UNKNOWN, DOWN, tells(B)]) {
      says.registry = registry
      const again = await run(always({ spawn_id: 'one' }))
      expect(again.last).toMatchObject({ state: 'running', service_id: last.service_id })
    }
    says.registry = UNKNOWN
    await expect(run(always({ spawn_id: 'two' }))).rejects.toMatchObject({ code: 'invalid_config' })
  })

  test('a start that is sent again to a copy that remembers nothing asks nobody', async () => {
    const { run, asked, says, transport } = world()
    const { last } = await run(requestOf({ spawn_id: 'one' }))
    says.registry = 'nothing'
    const other = createSpawner(transport)
    const request = requestOf({ spawn_id: 'one' })
    for await (const state of start(other, { hub: 'default', request, signal, enough: signal }))
      expect(state.service_id).toBe(last.service_id)
    expect(asked).toHaveLength(1)
  })

  test('never: the service has the id of the image, and the registry is not asked', async () => {
    const { run, says, asked, specOf, polled } = world()
    says.image = { status: 200, body: { Id: digestOf('1'), RepoDigests: [] } }
    const { last } = await run(never())
    const spec = await specOf(last)
    expect(spec?.TaskTemplate.ContainerSpec?.Image).toBe(digestOf('1'))
    expect(spec?.Labels).toMatchObject({ 'org.swarmspawner.image': IMAGE })
    expect(await polled()).not.toHaveProperty('update_available')
    expect(asked).toEqual([])
  })

  test('never: no credentials go with the service', async () => {
    let auths = 0
    const registryAuth = async () => {
      auths++
      return 'secret'
    }
    const { run, says } = world({ registryAuth })
    says.image = { status: 200, body: { Id: digestOf('1') } }
    await run(never())
    expect(auths).toBe(0)
  })

  test('never: what is not here is refused before anything is created', async () => {
    const { run, says, spawner } = world()
    says.image = refuses(404, 'No such image')
    await expect(run(never())).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: 'service_image', message: expect.stringMatching(/docker load/) }],
    })
    expect(await listServices(spawner.docker)).toEqual([])
  })

  test('never: an image that only a user has named is not allowed', async () => {
    const { run } = world()
    const user_options = { image: 'quay.io/other/notebook:1' }
    const request = withConfig({ pull_policy: 'never', use_user_options: true }, { user_options })
    await expect(run(request)).rejects.toMatchObject({
      code: 'not_allowed',
      issues: [{ path: 'user_options.image' }],
    })
  })

  test('a profile has its own, and null takes the one of the hub away', async () => {
    const { explained } = world()
    const policyOf = async (override: object) => {
      const request = withConfig({ pull_policy: 'always' }, { profile: { slug: 'gpu', override } })
      const { image, sources } = await explained(request)
      return [image?.pull_policy, sources['PullPolicy']]
    }
    expect(await policyOf({ pull_policy: 'never' })).toEqual(['never', 'profile gpu.pull_policy'])
    expect(await policyOf({})).toEqual(['always', 'pull_policy'])
    expect(await policyOf({ pull_policy: null })).toEqual(['if-not-present', undefined])
  })

  test.each([
    [{ pull_policy: 'IfNotPresent' }, 'config.pull_policy', undefined],
    [{}, 'profile gpu.pull_policy', { slug: 'gpu', override: { pull_policy: 'skip' } }],
  ])('another word is refused by its name', async (config, path, profile) => {
    const parsed = v.safeParse(StartRequest, {
      ...requestOf(),
      config: { ...requestOf().config, ...config },
      profile,
    })
    if (!parsed.success)
      return expect(parsed.issues.map((issue) => v.getDotPath(issue))).toEqual([path])
    return expect(world().explained(parsed.output)).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path, message: 'must be one of if-not-present, always, never' }],
    })
  })

  test.each<[string, Rules, boolean]>([
    ['always', {}, false],
    ['never', {}, false],
    ['always', { pull_policy: ['always'] }, true],
    ['never', { pull_policy: ['always'] }, false],
    ['if-not-present', { pull_policy: ['*'] }, true],
  ])('a user may say %s only if the policy lists it: %j', async (pull_policy, user, isAllowed) => {
    const { explained } = world({ policy: completePolicy({ admin: {}, user, groups: {} }) })
    const request = withConfig({ use_user_options: true }, { user_options: { pull_policy } })
    const { policy, would_start } = await explained(request)
    const verdict = policy.find(({ from }) => from === 'user_options.pull_policy')
    expect(verdict?.verdict).toBe(isAllowed ? 'allowed' : 'refused')
    expect(would_start).toBe(isAllowed)
  })

  test('a user may repeat what the hub says, and an empty value changes nothing', async () => {
    const { explained } = world()
    for (const said of ['always', '', null]) {
      const user_options = { pull_policy: said }
      const config = { use_user_options: true, pull_policy: 'always' }
      const { image, would_start } = await explained(withConfig(config, { user_options }))
      expect([image?.pull_policy, would_start]).toEqual(['always', true])
    }
  })

  test('a hub may say only what the policy lists', async () => {
    const policy = completePolicy({ admin: { pull_policy: ['never'] }, user: {}, groups: {} })
    await expect(world({ policy }).run(always())).rejects.toMatchObject({
      code: 'not_allowed',
      issues: [{ path: 'pull_policy' }],
    })
  })
})

describe('update_available', () => {
  test('is told of a server that runs an older digest than is known now, and costs no call', async () => {
    const { run, polled, spawner, says, pass, asked, calls } = world()
    const { last } = await run(requestOf())
    expect(last).not.toHaveProperty('update_available')
    pass(400_000)
    expect(await polled()).not.toHaveProperty('update_available')
    says.registry = tells(B)
    await run(requestOf({ server: { username: 'bob' } }))
    expect(asked).toHaveLength(2)
    calls.length = 0
    const update_available = { image: IMAGE, running: A, digest: B }
    expect(await polled()).toMatchObject({ state: 'running', update_available })
    expect(calls).toEqual(['GET /tasks'])
    const listed = await listServers(spawner, 'default', signal)
    expect(listed.map((server) => server.update_available)).toContainEqual(update_available)
    expect(listed.filter((server) => server.update_available)).toHaveLength(1)
  })

  test('is not told where another copy knew an older digest when the server started', async () => {
    const { run, polled, spawner } = world()
    const late = requestOf({ issued_at: Date.now() + 30_000 })
    spawner.digests.remember(IMAGE, A, 'default')
    await run(late)
    spawner.digests.remember(IMAGE, B, 'default')
    expect(await polled()).not.toHaveProperty('update_available')
  })

  test('is told of what was announced to its hub alone', async () => {
    const { run, polled, spawner, pass } = world()
    await run(requestOf())
    pass(400_000)
    spawner.digests.remember(IMAGE, B, 'other')
    expect(await polled()).not.toHaveProperty('update_available')
    spawner.digests.remember(IMAGE, B, 'default')
    expect(await polled()).toMatchObject({ update_available: { running: A, digest: B } })
  })

  test('is not told of an image whose digest the admin has written', async () => {
    const { run, polled, spawner, pass } = world()
    await run(withConfig({ service_image: `${IMAGE}@${A}` }))
    pass(400_000)
    spawner.digests.remember(IMAGE, B)
    expect(await polled()).not.toHaveProperty('update_available')
  })

  test("tells a user's own image nothing that the service's credentials found", async () => {
    const { run, polled, spawner, pass, specOf } = world()
    const user_options = { image: 'quay.io/mine/notebook:1' }
    const { last } = await run(withConfig({ use_user_options: true }, { user_options }))
    expect((await specOf(last))?.Labels).toMatchObject({ 'org.swarmspawner.image-by': 'user' })
    pass(400_000)
    spawner.digests.remember('quay.io/mine/notebook:1', B)
    expect(await polled()).not.toHaveProperty('update_available')
  })
})

describe('a policy that asks for digests', () => {
  const policy = completePolicy({
    ...{ admin: {}, groups: {} },
    user: { images: ['quay.io/lab/*@sha256:*', `quay.io/pinned/a@${B}`] },
  })

  test.each([
    ['quay.io/lab/x:1', false],
    ['quay.io/lab/x', false],
    [`quay.io/lab/x@${A}`, true],
    [`quay.io/lab/x:1@${A}`, true],
    [`quay.io/lab/x/y@${A}`, true],
    [`quay.io/other/x@${A}`, false],
    [A, false],
    [`quay.io/pinned/a@${B}`, true],
    [`quay.io/pinned/a:evil@${B}`, true],
    [`quay.io/pinned/a@${A}`, false],
    ['quay.io/pinned/a:1', false],
    [`quay.io/pinned/b@${B}`, false],
    [`quay.io/lab/x@sha512:${'a'.repeat(128)}`, false],
  ])('%s is allowed: %s; what a tag resolves to does not count', async (image, isAllowed) => {
    const { run, asked, says } = world({ policy })
    says.registry = tells(B)
    const request = withConfig({ use_user_options: true }, { user_options: { image } })
    const started = run(request).then(({ last }) => last.state)
    if (isAllowed) expect(await started).toBe('running')
    else await expect(started).rejects.toMatchObject({ code: 'not_allowed' })
    expect(asked).toEqual([])
  })
})
