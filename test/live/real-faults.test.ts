// lane: light (it waits for timeouts)
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkProfile } from '../../cli/doctor-profiles.ts'
import { checkResources } from '../../cli/doctor-resources.ts'
import { serve } from '../../handlers/node.ts'
import { askEngine, callEngine } from '../../lab/engine/call-engine.ts'
import { type EngineOptions, type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { Profile } from '../../src/spawner/settings/profile.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { openCall } from '../support/raw-call.ts'
import {
  ask,
  createTestService,
  keyOf,
  problemOf,
  refused,
  SECRETS,
  send,
  type TestService,
} from '../support/test-hub.ts'
import { GPU_START, gpuProfile, gpusSeenIn, openGpuNodes } from './gpu-nodes.ts'
import { openRealWorld, type RealWorld } from './real-world.ts'

const networks = ['jupyterhub']
const notebook = { container_spec: { image: 'scenario/notebook:1' }, networks }
/** A start that waits: Swarm says `running` after the first health check only. */
const waits = { ...notebook, healthcheck: { test: 'true', interval: '60s' } }
const Services = v.array(v.object({ ID: v.string() }))
const Nodes = v.array(
  v.object({ ID: v.string(), Version: v.object({ Index: v.number() }), Spec: v.looseObject({}) }),
)
const Explained = v.object({
  explanations: v.array(v.object({ fits: v.nullable(v.string()), room: v.looseObject({}) })),
})
const Told = v.object({ fits: v.nullable(v.string()), room: v.looseObject({}) })
const Volumes = v.object({ Volumes: v.array(v.object({ Name: v.string() })) })

let world: RealWorld
let users = 0
const someone = () => ({ username: `user-${users++}` })
const services = async () => v.parse(Services, (await world.engine('GET', '/services')).json)
const volumes = async () => {
  const { json } = await world.engine('GET', '/volumes')
  return v.parse(Volumes, json).Volumes.map(({ Name }) => Name)
}

beforeAll(async () => {
  world = await openRealWorld('28.5')
}, 120_000)
afterAll(() => world?.close())
afterEach(async () => {
  for (const { ID } of await services()) await world.engine('DELETE', `/services/${ID}`)
})

const shell = (script: string) => ({
  ...notebook,
  container_spec: { image: 'scenario/notebook:1', args: ['sh', '-c', script] },
})

const startUntilEnded = async (data: { server: object; config: object; env?: object }) => {
  const state = await ask(world.service, 'start', data)
  const { server } = data
  const { cursor } = state
  return state.state === 'running'
    ? ask(world.service, 'poll', { server, cursor, wait_s: 30 })
    : state
}

describe('in a real container', () => {
  test('an environment arrives in a real container as it was sent, templates and all', async () => {
    const config = shell('echo "[$NAME]"; sleep 0.5; exit 3')
    const env = { NAME: '{{ jinja }} {{.Node.Hostname}} {{{' }
    const failed = await startUntilEnded({ server: someone(), config, env })
    expect(failed.log).toEqual(['[{{ jinja }} {{.Node.Hostname}} {{{]'])
  })

  test('a token that a server prints is not in what we hand on', async () => {
    const config = shell('echo "at http://host/?token=$JUPYTERHUB_API_TOKEN"; sleep 0.5; exit 3')
    const env = { JUPYTERHUB_API_TOKEN: 'canary-0123456789' }
    const failed = await startUntilEnded({ server: someone(), config, env })
    expect(failed).toMatchObject({ status: 3, log: ['at http://host/?token=[redacted]'] })
  })

  test('a container that uses more memory than its limit is killed, and that is told', async () => {
    const config = { ...shell('sleep 0.5; tail /dev/zero'), resource_spec: { mem_limit: 16e6 } }
    const failed = await startUntilEnded({ server: someone(), config })
    expect(failed).toMatchObject({ state: 'failed', status: 137 })
  })

  test("a container that is never healthy fails with the Engine's words", async () => {
    const healthcheck = { test: 'exit 1', interval: '200ms', retries: 2, start_period: '0s' }
    const failed = await startUntilEnded({
      server: someone(),
      config: { ...notebook, healthcheck },
    })
    expect(failed).toMatchObject({ state: 'failed' })
    expect(failed.reason).toContain('unhealthy container')
  })

  test('named volumes are made and stay, anonymous ones go with the service', async () => {
    const server = someone()
    const mounts = [
      { type: 'volume', source: 'kept-{username}', target: '/kept' },
      { type: 'volume', target: '/scratch' },
    ]
    const before = await volumes()
    const started = await ask(world.service, 'start', { server, config: { ...notebook, mounts } })
    expect(started.state).toBe('running')
    const during = (await volumes()).filter((name) => !before.includes(name))
    expect(during).toHaveLength(2)
    await ask(world.service, 'stop', { server })
    const left = async () => (await volumes()).filter((name) => !before.includes(name))
    await expect.poll(left, { timeout: 10_000 }).toHaveLength(1)
    expect((await left())[0]).toMatch(/^kept-[0-9a-f]{32}$/)
  })
})

describe('a caller over real HTTP', () => {
  const withService = async (use: (url: string) => Promise<void>) => {
    const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
    const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
    const service = await serve(settings, world.spawner, () => {})
    await use(service.url).finally(service.close)
  }

  test.each(['application/json', 'text/event-stream'])(
    'a caller that leaves while a start waits, by %s, leaves nothing behind',
    async (accept) => {
      await withService(async (url) => {
        const data = { server: someone(), config: waits }
        const socket = await openCall(url, 'start', data, { accept })
        await expect.poll(services, { timeout: 5000 }).toHaveLength(1)
        socket.destroy()
        await expect.poll(services, { timeout: 5000 }).toHaveLength(0)
      })
    },
  )

  test('a caller that waits while the service shuts down is answered, and its server goes on', async () => {
    let answered = ''
    await withService(async (url) => {
      const socket = await openCall(url, 'start', { server: someone(), config: waits })
      socket.on('data', (chunk) => {
        answered += chunk
      })
      await expect.poll(services, { timeout: 5000 }).toHaveLength(1)
    })
    // What the service has sent, we may have still to read.
    await expect.poll(() => answered).toContain('"state":"starting"')
    expect(answered).toContain('HTTP/1.1 200')
    expect(await services()).toHaveLength(1)
  })
})

describe('/explain for many', () => {
  test('tells of networks, secrets and configs that the Engine does not have, and of no others', async () => {
    const names = { secrets: 'default-token', configs: 'default-rc' }
    for (const [kind, Name] of Object.entries(names))
      await world.engine('POST', `/${kind}/create`, { Name, Data: btoa('x') })
    const with_ = (container: object) => ({ config: { container_spec: container } })
    const requests = [
      with_({ secrets: ['default-token'], configs: [{ name: 'default-rc', filename: '/rc' }] }),
      with_({ secrets: ['default-toke'] }),
      with_({ configs: [{ name: 'default-r', filename: '/rc' }] }),
      { config: { networks: ['nowhere'] } },
      // The policy allows no such name, so nothing is said of it.
      with_({ secrets: ['prod-db'] }),
    ]
    const shared = { server: someone(), config: { service_image: 'scenario/notebook:1', networks } }
    const Missing = v.object({
      explanations: v.array(v.object({ obstacles: v.array(v.object({ from: v.string() })) })),
    })
    const missing = async () => {
      const answer = await send(world.service, 'explain', { ...shared, requests })
      const { explanations } = v.parse(Missing, await answer.json())
      return explanations.map(({ obstacles }) => obstacles.map(({ from }) => from))
    }
    // The service waits half a second for the Engine, and this machine may be busy.
    await expect
      .poll(missing, { timeout: 20_000 })
      .toEqual([[], ['container_spec.secrets.0'], ['container_spec.configs.0'], ['networks.0'], []])
  })
})

describe('an Engine', () => {
  const others: RealEngine[] = []
  const another = async (options: EngineOptions) => {
    const engine = await startEngine(options)
    others.push(engine)
    return engine
  }
  const serviceOf = ({ dockerHost }: RealEngine) =>
    createTestService(createSpawner(nodeTransport({ host: dockerHost })))
  afterAll(() => Promise.all(others.map((engine) => engine.stop())))

  test.each(['20.10', '28.5'] as const)(
    'an Engine %s that is not in a swarm says so',
    async (version) => {
      const service = await serviceOf(await another({ version, swarm: false }))
      const expected = { status: 503, code: 'engine_not_in_swarm', retryable: true }
      expect(await problemOf(await service.app.request('/ready'))).toMatchObject(expected)
      const start = await refused(service, 'start', { server: someone(), config: notebook })
      expect(start).toMatchObject(expected)
      expect(start.detail).toContain('docker swarm init')
      expect(await refused(service, 'poll', { server: someone() })).toMatchObject(expected)
    },
  )

  const addLabel = async ({ socketPath }: RealEngine) => {
    const nodes = await askEngine(socketPath, { method: 'GET', path: '/nodes' })
    const [node] = v.parse(Nodes, nodes)
    const body = { ...node?.Spec, Labels: { changed: 'yes' } }
    const path = `/nodes/${node?.ID}/update?version=${node?.Version.Index}`
    await askEngine(socketPath, { method: 'POST', path, body })
  }
  /** The state of a server once it has ended, or after eight seconds. */
  const settled = async (service: TestService, server: object) => {
    for (let looks = 1; ; looks++) {
      const state = await ask(service, 'poll', { server })
      if (state.state !== 'running' || looks === 8) return state
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }

  /** Of two GPUs, the first server has one. What `/explain` says of the next, Swarm does with it. */
  const expectRoom = async (engine: RealEngine, config: object) => {
    const service = serviceOf(engine)
    const gpus = (gpu: number) => ({ config: { resource_spec: { generic_resources: { gpu } } } })
    const explain = async () => {
      const requests = [gpus(1), gpus(2), gpus(3)]
      const answer = await send(service, 'explain', { server: someone(), config, requests })
      return v.parse(Explained, await answer.json()).explanations
    }
    // The service waits half a second for its look, and this machine may be busy.
    await expect.poll(explain).toMatchObject([
      { fits: 'now', room: { resources: [{ text: 'gpu: 1 of 2 free' }] } },
      {
        fits: 'later',
        room: {
          reason: 'no node has room now: gpu: 1 of 2 free',
          since: expect.stringMatching(/^20\d\d-.*Z$/),
          nodes: { all: 1, taking_tasks: 1, suitable: 1, with_room: 0 },
        },
      },
      { fits: 'never', room: { reason: expect.stringContaining('has 2') } },
    ])
    const [server, waits] = [someone(), someone()]
    expect(await ask(service, 'start', { server, config })).toMatchObject({ state: 'running' })
    await expect.poll(async () => (await explain())[0]?.fits).toBe('later')
    const waiting = await ask(service, 'start', { server: waits, config, wait_s: 3 })
    expect(waiting).toMatchObject({
      state: 'starting',
      reason: expect.stringMatching(/^no suitable node/),
    })
    await ask(service, 'stop', { server })
    await expect
      .poll(async () => (await ask(service, 'poll', { server: waits })).state)
      .toBe('running')
  }

  test.each([
    ['20.10', { state: 'failed', reason: 'assigned node no longer meets constraints' }, 'warn'],
    ['28.5', { state: 'running', reason: null }, 'ok'],
  ] as const)(
    'a server with a GPU, on a node of Engine %s whose GPUs have names',
    async (version, seen, level) => {
      const args = ['gpu=UUID1', 'gpu=UUID2'].flatMap((gpu) => ['--node-generic-resource', gpu])
      const engine = await another({ version, args })
      await importBusybox(engine, 'lab/notebook:1', ['sleep', '600'])
      const service = serviceOf(engine)
      const config = {
        // As docs/gpus.md says: no other server sees a GPU.
        container_spec: { image: 'lab/notebook:1', env: { DOCKER_RESOURCE_GPU: 'void' } },
        resource_spec: { generic_resources: { gpu: 1 } },
      }
      const server = someone()
      await ask(service, 'start', { server, config })
      // The manager looks again at the tasks of a node when the node changes.
      await addLabel(engine)
      const state = await settled(service, server)
      expect(state).toMatchObject(seen)
      if (state.state === 'failed') expect(state.advice).toContain('gpu=2')
      else {
        const last = expect.stringMatching(/^DOCKER_RESOURCE_GPU=UUID[12]$/)
        expect(await gpusSeenIn(engine)).toEqual([['DOCKER_RESOURCE_GPU=void', last]])
        await expectRoom(engine, config)
      }
      const docker = connectDocker(nodeTransport({ host: engine.dockerHost }))
      expect((await checkResources(docker)).level).toBe(level)
    },
    60_000,
  )

  test.each([
    ['20.10', ['gpu=1', 'gpu=1'], ['1', '1']],
    ['28.5', ['gpu=GPU-a', 'gpu=GPU-b'], ['GPU-a', 'GPU-b']],
  ] as const)(
    'the recipe for GPUs, on two nodes of Engine %s',
    async (version, gpus, ids) => {
      const nodes = await openGpuNodes(another, { version, gpus })
      const service = serviceOf(nodes[0])
      const config = { ...GPU_START.config, ...(version === '28.5' && { networks }) }
      const hub = { ...GPU_START, config }
      const profile = gpuProfile()
      const seen = async () => Promise.all(nodes.map(gpusSeenIn))
      const none = ['NVIDIA_VISIBLE_DEVICES=void', 'DOCKER_RESOURCE_GPU=void']
      const told = async () => {
        const answer = await send(service, 'explain', { server: someone(), ...hub, profile })
        return v.parse(Told, await answer.json())
      }
      const free = async (count: number, fits: string) => {
        const resources = [{ text: `gpu: ${count} of 2 free` }]
        await expect.poll(told).toMatchObject({ fits, room: { resources } })
      }
      await free(2, 'now')
      const plain = someone()
      expect((await ask(service, 'start', { server: plain, ...hub, wait_s: 30 })).state).toBe(
        'running',
      )
      expect((await seen()).flat()).toEqual([none])
      await ask(service, 'stop', { server: plain })
      await expect.poll(async () => (await seen()).flat(), { timeout: 20_000 }).toEqual([])

      const [ada, bob, carol] = [someone(), someone(), someone()]
      const start = (server: object, wait_s: number) =>
        ask(service, 'start', { server, ...hub, profile, wait_s })
      expect((await start(ada, 30)).state).toBe('running')
      await free(1, 'now')
      expect((await start(bob, 30)).state).toBe('running')
      // Each on a node of its own, with what that node has.
      const given = ids.map((id) => [[...none, `DOCKER_RESOURCE_GPU=${id}`]])
      expect(await seen()).toEqual(given)
      await free(0, 'later')
      const waiting = await start(carol, 3)
      expect(waiting).toMatchObject({
        state: 'starting',
        reason: expect.stringMatching(/^no suit/),
      })
      await ask(service, 'stop', { server: ada })
      const state = async () => (await ask(service, 'poll', { server: carol })).state
      await expect.poll(state, { timeout: 20_000 }).toBe('running')
      await expect.poll(seen, { timeout: 20_000 }).toEqual(given)

      const docker = connectDocker(nodeTransport({ host: nodes[0].dockerHost }))
      const checked = async (...of: Parameters<typeof gpuProfile>) =>
        checkProfile(docker, v.parse(Profile, gpuProfile(...of)))
      expect(await checked()).toMatchObject({ level: 'ok', message: 'gpu: 1 of 1' })
      expect(await checked(1, 'GPU')).toMatchObject({
        level: 'fail',
        message: 'asks for GPU, which no node has',
      })
      expect((await checked(2)).message).toBe('asks for 2 of gpu, and no node has more than 1')
      await Promise.all(nodes.map((node) => node.stop()))
    },
    120_000,
  )

  test('an Engine that is a worker says so', async () => {
    const address = '192.0.2.20'
    const worker = await another({ version: '28.5', swarm: false, hostname: 'node-2', address })
    await layCable(worker, world.dockerd)
    await joinSwarm(worker, world.dockerd, 'Worker')
    const service = await serviceOf(worker)
    const expected = { status: 503, code: 'engine_not_a_manager', retryable: true }
    expect(await problemOf(await service.app.request('/ready'))).toMatchObject(expected)
    expect(await refused(service, 'poll', { server: someone() })).toMatchObject(expected)
    await worker.stop()
  })

  test('an Engine that is killed while a start waits is told as unreachable, not as a dead server', async () => {
    const engine = await another({ version: '28.5' })
    await callEngine(engine.socketPath, {
      method: 'POST',
      path: '/networks/create',
      body: { Name: 'jupyterhub', Driver: 'overlay', Attachable: true },
    })
    const service = await serviceOf(engine)
    const server = someone()
    const waiting = send(service, 'start', { server, config: waits, spawn_id: 'a', wait_s: 60 })
    await expect
      .poll(async () => (await ask(service, 'poll', { server })).state, { timeout: 5000 })
      .toBe('starting')
    await engine.kill()
    const problem = await problemOf(await waiting)
    expect(problem).toMatchObject({ status: 503, code: 'engine_unreachable', retryable: true })
    expect(problem.detail).toContain('is the Docker Engine running?')
    expect(await refused(service, 'poll', { server })).toMatchObject({ code: 'engine_unreachable' })
    await engine.stop()
  })

  test('an Engine that comes back in time is waited for, without a second service', async () => {
    const server = someone()
    const data = { server, config: waits, spawn_id: 'a', start_timeout: 30, wait_s: 60 }
    const waiting = ask(world.service, 'start', data)
    // At once: an Engine that ends later remembers more of the task.
    await expect.poll(services, { timeout: 5000, interval: 50 }).toHaveLength(1)
    await world.dockerd.kill()
    await world.dockerd.restart()
    const state = await waiting
    expect(state).toMatchObject({ state: 'failed' })
    // An Engine that has just come back may reject the task itself, which is an answer too.
    expect(state.reason).toMatch(
      /^Not running within 30 s|swarm is not active$|^network sandbox join failed|^failed to find a load balancer IP/,
    )
    expect(await services()).toHaveLength(0)
  })
})
