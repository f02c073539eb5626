// lane: light (it waits for what never fits)
import type { RequestListener } from 'node:http'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { checkImage } from '../../cli/doctor-image.ts'
import { readRegistryLogins } from '../../handlers/settings/registry-settings.ts'
import { ODD_MANNERS, onlyFor, wrongDigest } from '../../lab/engine/odd-manners.ts'
import { type Gate, type GateOptions, openGate } from '../../lab/engine/open-gate.ts'
import { pushImage } from '../../lab/engine/push-image.ts'
import { hang, html, redirectTo } from '../../lab/engine/registry-manners.ts'
import { selfSigned } from '../../lab/engine/self-signed.ts'
import { type Registry, startRegistry } from '../../lab/engine/start-registry.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { authFrom, firstAuth } from '../../src/spawner/images/registry-logins.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { ask, createTestService, problemOf, send } from '../support/test-hub.ts'
import { fault, type Seen, timed } from './fault-row.ts'
import { type FaultWorld, openFaultWorld, readBy } from './fault-world.ts'
import { problemInWords, stateInWords } from './in-words.ts'

const SECTION = 'A start that fails'
const networks = ['jupyterhub']
const notebook = { container_spec: { image: 'scenario/notebook:1' }, networks }
const withImage = (image: string, more: object = {}) => ({
  ...notebook,
  container_spec: { image },
  ...more,
})
const shell = (script: string, more: object = {}) => ({
  ...notebook,
  container_spec: { image: 'scenario/notebook:1', args: ['sh', '-c', script] },
  ...more,
})

let world: FaultWorld
let registry: Registry
beforeAll(async () => {
  world = await openFaultWorld('28.5')
  registry = await startRegistry(world.dockerd)
  await world.engine('POST', '/networks/create', { Name: 'of-one-node', Driver: 'bridge' })
}, 180_000)
afterAll(async () => {
  await registry?.stop()
  await world?.close()
})
afterEach(() => world.removeAll())

/** A start that ends as failed, quotes the Engine, and leaves nothing. */
const fails = (
  name: string,
  config: () => object,
  expected: { status?: number; reason: string | RegExp | null; hasLog?: boolean; withinS?: number },
) => {
  const { status = 1, reason, hasLog = false, withinS = 5 } = expected
  fault(SECTION, name, { withinS }, async () => {
    const { state, ...seen } = await world.startFails({ server: world.someone(), config: config() })
    expect(state).toMatchObject({ state: status === 0 ? 'exited' : 'failed', status })
    if (reason instanceof RegExp) expect(state.reason).toMatch(reason)
    else expect(state.reason).toBe(reason)
    expect(state.log !== undefined).toBe(hasLog)
    expect(
      state.advice !== null || reason === null || /non-zero exit \([13]\)/.test(`${reason}`),
    ).toBe(true)
    expect(seen.left).toBe('nothing')
    return seen
  })
}

describe('what the node has not', () => {
  const missing = (image: string) => `No such image: ${image}`
  fails('the image is missing', () => withImage('lab/missing:1'), {
    reason: missing('lab/missing:1'),
  })
  fails(
    'the image is missing, under a restart policy',
    () => withImage('lab/missing:1', { restart_policy: 'any' }),
    { reason: missing('lab/missing:1') },
  )
  fails(
    'the server may use more CPUs than its node has',
    () => ({ ...notebook, resource_spec: { cpu_limit: 1024e9 } }),
    { reason: /^range of CPUs is from 0\.01 to [\d.]+, as there are only \d+ CPUs available$/ },
  )
  fails('the registry wants credentials', () => withImage(`${registry.address}/team/lab:1`), {
    reason: missing('127.0.0.1:5000/team/lab:1'),
  })
  /** The service with registry credentials in its own setting, as a Docker secret of the stack has them. */
  const withLogins = (logins: object) => {
    const source = readRegistryLogins({ SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify(logins) })
    if (!source) throw new Error('not set')
    const transport = nodeTransport({ host: world.dockerd.dockerHost })
    return createTestService(
      createSpawner(transport, { registryAuth: firstAuth([authFrom(source)]) }),
    )
  }
  const login = (password: string) => ({
    auths: { [registry.address]: { username: registry.username, password } },
  })
  const startWith = (logins: object) => {
    const data = { server: world.someone(), config: withImage(`${registry.address}/team/lab:1`) }
    return timed(() => send(withLogins(logins), 'start', { wait_s: 60, ...data }))
  }

  test('an image of a registry with a password runs with the credentials of the setting', async () => {
    const image = `${registry.address}/team/lab:1`
    await pushImage(world.dockerd, { from: 'scenario/notebook:1', image, auth: registry.auth })
    await world.engine('DELETE', `/images/${image}`)
    const { value } = await startWith(login(registry.password))
    expect(await value.json()).toMatchObject({ state: 'running', reason: null })
    for (const kept of ['/services', '/tasks', '/containers/json?all=1'])
      expect(JSON.stringify((await world.engine('GET', kept)).json)).not.toContain(
        registry.password,
      )
    await world.removeAll()
    await expect
      .poll(async () => (await world.engine('DELETE', `/images/${image}?force=1`)).status)
      .toBe(404)
  })

  fault(SECTION, 'its registry refuses the credentials', { withinS: 5 }, async () => {
    const image = `${registry.address}/team/lab:1`
    const env = {
      DOCKER_CONFIG: '/none',
      SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify(login('wrong')),
    }
    const said = await checkImage(env, world.spawner.docker, image)
    expect(said.message).toMatch(
      /^the registry 127\.0\.0\.1:5000 refuses the credentials of the service \(unauthorized/,
    )
    const { value, seconds } = await startWith(login('wrong'))
    const state = v.parse(ServerState, await value.json())
    expect(state).toMatchObject({ state: 'failed', reason: missing(image) })
    const answer = `${stateInWords(state)}. ${saidBy(said)}`
    return { ...readBy(state), answer, seconds, left: await world.left() }
  })
  fault(SECTION, 'a credential helper keeps its credentials', { withinS: 2 }, async () => {
    const logins = {
      ...login(registry.password),
      auths: { 'r.example': login('x').auths[registry.address], [registry.address]: {} },
    }
    const { value, seconds } = await startWith({ ...logins, credsStore: 'desktop' })
    const problem = await problemOf(value)
    expect(problem).toMatchObject({ status: 500, code: 'registry_credentials', retryable: false })
    expect(problem.detail).toContain('docker-credential-desktop, which cannot run in the service')
    return {
      ...readBy(problem),
      answer: problemInWords(problem),
      seconds,
      left: await world.left(),
    }
  })

  const saidBy = ({ message }: { message: string }) =>
    `doctor says: ${message.replace(/ \(.*\)$/, '')}`
  /** What answers in the place of a registry. The node does not say what is wrong with it, and doctor does. */
  const failsToPull = (
    name: string,
    open: () => Promise<Gate>,
    { repository, doctor, withinS = 5 }: { repository: string; doctor: RegExp; withinS?: number },
  ) =>
    fault(SECTION, name, { withinS }, async () => {
      const gate = await open()
      try {
        // Each row has a name of its own: what a registry said of a name is remembered for a while.
        const image = `${gate.address}/${repository}/lab:1`
        const said = await checkImage({ DOCKER_CONFIG: '/none' }, world.spawner.docker, image)
        expect(said.message).toMatch(doctor)
        const config = withImage(image)
        const { state, ...seen } = await world.startFails({ server: world.someone(), config })
        expect(state).toMatchObject({ state: 'failed', advice: expect.any(String) })
        expect(state.reason?.replace(/@sha256:0{64}$/, '')).toBe(missing(image))
        expect(seen.left).toBe('nothing')
        return { ...seen, answer: `${seen.answer}. ${saidBy(said)}` }
      } finally {
        await gate.close()
      }
    })
  const inPlaceOf =
    (manner: RequestListener | undefined, options: GateOptions = {}) =>
    () => {
      if (!manner) throw new Error('no such manner')
      return openGate(world.dockerd, manner, { port: 5001, ...options })
    }
  failsToPull('its registry answers with a web page', inPlaceOf(ODD_MANNERS['html']), {
    repository: 'web-page',
    doctor: /^the registry 127\.0\.0\.1:5001 answers with a web page: it is no registry \(/,
  })
  failsToPull('its registry redirects without an end', inPlaceOf(ODD_MANNERS['redirect-loop']), {
    repository: 'loop',
    doctor: /sends the Engine from one address to the next, without an end \(/,
  })
  failsToPull(
    'its registry redirects to a closed port',
    inPlaceOf(redirectTo('http://127.0.0.1:9')),
    {
      repository: 'redirect',
      doctor: /leads to 127\.0\.0\.1:9, which refuses the connection/,
    },
  )
  failsToPull('its registry names a wrong digest', inPlaceOf(wrongDigest), {
    repository: 'wrong-digest',
    doctor: /^the registry 127\.0\.0\.1:5001 has it: sha256:000000/,
  })
  failsToPull('its registry hangs', inPlaceOf(hang), {
    repository: 'silent',
    doctor: /^the registry 127\.0\.0\.1:5001 has not answered within 2 s$/,
    withinS: 30,
  })
  fault(SECTION, 'its image is for another kind of processor', { withinS: 8 }, async () => {
    const gate = await inPlaceOf(onlyFor('arm64'))()
    try {
      const config = withImage(`${gate.address}/arm/lab:1`)
      const explained = await send(world.service, 'explain', { server: world.someone(), config })
      expect(await explained.json()).toMatchObject({
        would_start: false,
        obstacles: [{ from: 'container_spec.image', reason: 'no node can run linux/arm64' }],
      })
      const { state, ...seen } = await world.startFails({ server: world.someone(), config })
      expect(state).toMatchObject({ state: 'failed', status: 1 })
      expect(state.reason).toBe('no suitable node (unsupported platform on 1 node)')
      expect(seen.left).toBe('nothing')
      return {
        ...seen,
        answer: `${seen.answer}. /explain said before: no node can run linux/arm64`,
      }
    } finally {
      await gate.close()
    }
  })
  const outside = () => world.dockerd.address
  failsToPull(
    'its registry has a certificate that nobody trusts',
    () =>
      openGate(world.dockerd, html, { host: outside(), port: 5001, tls: selfSigned(outside()) }),
    { repository: 'untrusted', doctor: /has a certificate that the Engine does not trust \(/ },
  )
  fails(
    'the source of a bind mount is missing',
    () => ({
      ...notebook,
      mounts: [{ type: 'bind', source: '/srv/missing', target: '/home/jovyan' }],
    }),
    {
      reason: 'invalid mount config for type "bind": bind source path does not exist: /srv/missing',
    },
  )
  fails(
    'no node has the volume driver',
    () => ({
      ...notebook,
      mounts: [{ type: 'volume', source: 'v', target: '/v', driver_config: { name: 'nosuch' } }],
    }),
    { reason: 'no suitable node (missing plugin on 1 node)', withinS: 6 },
  )
  const failsToMount = (
    name: string,
    volume: object,
    { words, advice }: { words: RegExp; advice: string },
  ) =>
    fault(SECTION, name, { withinS: 8 }, async () => {
      const mount = { type: 'volume', target: '/home/jovyan', ...volume }
      const config = { ...notebook, mounts: [mount], restart_policy: 'any' }
      const { state, ...seen } = await world.startFails({ server: world.someone(), config })
      expect(state).toMatchObject({ state: 'failed', reason: expect.stringMatching(words) })
      expect(state.advice).toContain(advice)
      expect(seen.left).toBe('nothing')
      return seen
    })
  const onDevice = (source: string, options: object) => ({
    source,
    driver_config: { name: 'local', options },
  })
  failsToMount(
    'the directory of a volume is missing',
    onDevice('on-directory', { type: 'none', o: 'bind', device: '/srv/none' }),
    { words: /mounting volume .*no such file or directory$/, advice: 'device' },
  )
  failsToMount(
    'the subpath of a volume is missing',
    { source: 'with-subpath', VolumeOptions: { Subpath: 'none/there' } },
    { words: /cannot access path .*no such file or directory$/, advice: 'subpath' },
  )
})

describe('what no node offers', () => {
  const none = (why: string) => `no suitable node (${why} on 1 node)`
  fails(
    'no node meets the placement constraints',
    () => ({ ...notebook, placement: ['node.labels.gpu==yes'] }),
    { reason: none('scheduling constraints not satisfied'), withinS: 6 },
  )
  const insufficient = { reason: none('insufficient resources'), withinS: 6 }
  fails(
    'no node has as much memory',
    () => ({ ...notebook, resource_spec: { mem_reservation: 900e9 } }),
    insufficient,
  )
  fails(
    'no node has as many CPUs',
    () => ({ ...notebook, resource_spec: { cpu_reservation: 900e9 } }),
    insufficient,
  )
  fails(
    'no node has such a generic resource',
    () => ({ ...notebook, resource_spec: { generic_resources: { gpu: 1 } } }),
    insufficient,
  )

  /** Two of these don't fit on the node, whatever it has. */
  const half = async () => {
    const { json } = await world.engine('GET', '/info')
    const memory = typeof json === 'object' && json && 'MemTotal' in json ? json.MemTotal : 0
    return { ...notebook, resource_spec: { mem_reservation: Math.floor(Number(memory) * 0.6) } }
  }
  const busy = none('insufficient resources')

  fault(
    SECTION,
    'every node is busy until the time of the start is over',
    { withinS: 10 },
    async () => {
      const first = world.someone()
      await ask(world.service, 'start', { server: first, config: await half() })
      const { state, ...seen } = await world.startFails({
        server: world.someone(),
        config: await half(),
        start_timeout: 8,
      })
      expect(state).toMatchObject({ state: 'failed', reason: `Not running within 8 s: ${busy}` })
      const told = state.events.map(({ message }) => message)
      expect(told).toContain('Waiting for room on a node')
      expect(told.at(-1)).toMatch(/^The cluster is full\. .* for 8 seconds in all\.$/)
      expect(await world.serviceNames()).toEqual([serviceName(first)])
      return { ...seen, left: 'the server that was there before' }
    },
  )

  fault(SECTION, 'every node is busy, then one is not', { withinS: 30 }, async () => {
    const [first, second] = [world.someone(), world.someone()]
    await ask(world.service, 'start', { server: first, config: await half() })
    const data = { server: second, config: await half(), wait_s: 60 }
    const waiting = timed(() => ask(world.service, 'start', data))
    await expect
      .poll(async () => (await world.poll(second)).events.at(-1)?.message, { timeout: 5000 })
      .toBe('Waiting for room on a node')
    // Longer than what can't heal is given.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    await ask(world.service, 'stop', { server: first })
    const { value: state, seconds } = await waiting
    expect(state).toMatchObject({ state: 'running', status: null })
    return { answer: stateInWords(state), seconds, left: await world.left() }
  })
})

describe('a network without addresses', () => {
  const createNetwork = (Name: string, Subnet: string) =>
    world.engine('POST', '/networks/create', {
      Name,
      Driver: 'overlay',
      IPAM: { Config: [{ Subnet }] },
    })
  const inNetwork = (network: string, script: string) => shell(script, { networks: [network] })
  /** It does not end when it is asked to, but when it is killed, ten seconds later. */
  const STUBBORN = 'trap "" TERM; while :; do sleep 1; done'
  const counted = 'network tiny (10.77.0.0/29): 5 of 5 in use'

  /** Four servers, and an address of the node's own: all that a /29 has. They wait for those of the row before to go. */
  const fillTiny = async (config: object) => {
    await createNetwork('tiny', '10.77.0.0/29')
    const holders = [1, 2, 3, 4].map(() => world.someone())
    for (const server of holders) {
      expect(await ask(world.service, 'start', { server, config })).toMatchObject({
        state: 'running',
      })
    }
    return holders
  }
  fault(SECTION, 'its network has no free address', { withinS: 16 }, async () => {
    const config = { ...notebook, networks: ['tiny'] }
    await fillTiny(config)
    const { state, ...seen } = await world.startFails({ server: world.someone(), config })
    expect(state).toMatchObject({ state: 'failed', reason: `no free address in ${counted}` })
    expect(state.user_message).toContain('no room in the network')
    expect(state.events.map(({ message }) => message)).toContain(
      `Waiting for an address in ${counted}`,
    )
    expect(await world.serviceNames()).toHaveLength(4)
    return { ...seen, left: 'the servers that were there before' }
  })

  fault(
    SECTION,
    'its network has no free address, then another server stops',
    { withinS: 25 },
    async () => {
      const config = inNetwork('tiny', STUBBORN)
      const [holder] = await fillTiny(config)
      await ask(world.service, 'stop', { server: holder, now: true })
      const data = { server: world.someone(), config, wait_s: 60 }
      const { value: state, seconds } = await timed(() => ask(world.service, 'start', data))
      expect(state).toMatchObject({ state: 'running', reason: null })
      expect(state.events.map(({ message }) => message)).toContain(
        `Waiting for an address in ${counted}`,
      )
      return { answer: stateInWords(state), seconds, left: 'the servers of that network' }
    },
  )

  fault(SECTION, 'its network has no address for the node', { withinS: 40 }, async () => {
    await createNetwork('one', '10.78.0.0/30')
    const data = { server: world.someone(), config: inNetwork('one', 'sleep 60') }
    const { state, ...seen } = await world.startFails(data)
    expect(state.reason).toBe('node is missing network attachments, ip addresses may be exhausted')
    expect(state.advice).toContain('--subnet')
    expect(seen.left).toBe('nothing')
    return seen
  })

  fault(SECTION, 'the subnet of its network is that of another one', { withinS: 16 }, async () => {
    await createNetwork('first', '10.79.0.0/24')
    await createNetwork('second', '10.79.0.128/25')
    const data = { server: world.someone(), config: inNetwork('second', 'sleep 60') }
    const { state, ...seen } = await world.startFails(data)
    expect(state).toMatchObject({
      state: 'failed',
      reason: 'Swarm could not set up network second',
    })
    expect(state.user_message).toContain('tell your administrator')
    expect(seen.left).toBe('nothing')
    return seen
  })
})

describe('what the Engine refuses at once', () => {
  const refuses = (name: string, config: object, code: string, detail: string) =>
    fault(SECTION, name, { withinS: 2 }, async () => {
      const { problem, ...seen } = await world.startRefused({ server: world.someone(), config })
      expect(problem).toMatchObject({ status: 422, code, retryable: false })
      expect(problem.detail).toContain(detail)
      expect(problem.advice).toContain('docker network create --driver overlay')
      expect(seen.left).toBe('nothing')
      return seen
    })
  refuses(
    'the network is missing',
    { ...notebook, networks: ['nosuch'] },
    'engine_network_not_found',
    'network nosuch not found',
  )
  refuses(
    'the network is not one for services',
    { ...notebook, networks: ['of-one-node'] },
    'engine_forbidden',
    'The network of-one-node cannot be used with services',
  )

  fault(
    SECTION,
    "the name is taken by a service that is not the hub's",
    { withinS: 2 },
    async () => {
      const server = world.someone()
      const spec = {
        Name: serviceName(server),
        TaskTemplate: { ContainerSpec: { Image: 'scenario/notebook:1' } },
        Mode: { Replicated: { Replicas: 0 } },
      }
      expect((await world.engine('POST', '/services/create', spec)).status).toBe(201)
      const { problem, ...seen } = await world.startRefused({ server, config: notebook })
      expect(problem).toMatchObject({ status: 409, code: 'name_taken', retryable: false })
      expect(await world.serviceNames()).toEqual([serviceName(server)])
      return { ...seen, left: "the other's service, untouched" } satisfies Seen
    },
  )
})

describe('a server that ends', () => {
  fails('it exits with 0 at once', () => withImage('scenario/exit-0:1'), {
    status: 0,
    reason: null,
  })
  fails('it exits with 1 at once', () => shell('echo no module named lab; exit 1'), {
    reason: 'task: non-zero exit (1)',
    hasLog: true,
  })
  fails('its program is missing', () => withImage('scenario/bad-command:1'), {
    status: 127,
    reason: /non-zero exit \(127\)|starting container failed/,
    hasLog: true,
  })
  fails(
    'it keeps ending, under a restart policy',
    () => shell('echo no module named lab; exit 3', { restart_policy: 'any' }),
    { status: 3, reason: 'task: non-zero exit (3)', hasLog: true, withinS: 25 },
  )
  fault(
    SECTION,
    'it keeps ending, under a restart policy, in a swarm that keeps no ended tasks',
    { withinS: 25 },
    async () => {
      await setTaskHistory(1)
      const config = shell('exit 3', { restart_policy: { condition: 'any', delay: '2s' } })
      const { state, ...seen } = await world
        .startFails({ server: world.someone(), config })
        .finally(() => setTaskHistory(5))
      expect(state).toMatchObject({ state: 'failed', status: 3, reason: 'task: non-zero exit (3)' })
      expect(seen.left).toBe('nothing')
      return seen
    },
  )
  fails(
    'it ends, and the restart policy waits for half a minute',
    () =>
      shell('echo no module named lab; exit 3', {
        restart_policy: { condition: 'any', delay: '30s' },
      }),
    { status: 3, reason: 'task: non-zero exit (3)', hasLog: true, withinS: 8 },
  )
  fails(
    'it uses up its memory',
    () => shell('tail /dev/zero', { resource_spec: { mem_limit: 16e6 } }),
    { status: 137, reason: 'task: non-zero exit (137): OOMKilled', withinS: 10 },
  )
  fails(
    'its health check never passes',
    () => ({
      ...notebook,
      healthcheck: { test: 'exit 1', interval: '200ms', retries: 2, start_period: '0s' },
    }),
    { status: 143, reason: /unhealthy container$/, withinS: 10 },
  )
  fault(
    SECTION,
    'the health check of its image runs after 10 minutes',
    { withinS: 10 },
    async () => {
      const create = {
        Image: 'scenario/notebook:1',
        Healthcheck: { Test: ['CMD', 'true'], Interval: 600e9 },
      }
      const { json } = await world.engine('POST', '/containers/create', create)
      const { Id } = v.parse(v.object({ Id: v.string() }), json)
      await world.engine('POST', `/commit?container=${Id}&repo=lab/checked&tag=1`)
      await world.engine('DELETE', `/containers/${Id}`)
      const config = withImage('lab/checked:1')
      const data = { server: world.someone(), config, start_timeout: 8 }
      const { state, ...seen } = await world.startFails(data)
      expect(state.reason).toBe(
        'Not running within 8 s: Waiting for the health check: it runs for the first time 10 minutes after the start of the program',
      )
      expect(state.advice).toContain('healthcheck')
      expect(seen.left).toBe('nothing')
      return seen
    },
  )
  fault(SECTION, 'its node is drained while it starts', { withinS: 20 }, async () => {
    const server = world.someone()
    const healthcheck = { test: 'true', interval: '60s' }
    const data = { server, config: { ...notebook, healthcheck } }
    const starting = world.startFails(data)
    await expect.poll(async () => (await world.poll(server)).task?.state).toBe('starting')
    await setAvailability('drain')
    const { state, ...seen } = await starting.finally(() => setAvailability('active'))
    expect(state).toMatchObject({ state: 'failed', reason: 'Node node-1 was drained' })
    expect(seen.left).toBe('nothing')
    return seen
  })
  fault(SECTION, 'every node that could run it is drained', { withinS: 20 }, async () => {
    await setAvailability('drain')
    const starting = world.startFails({ server: world.someone(), config: notebook })
    const { state, ...seen } = await starting.finally(() => setAvailability('active'))
    expect(state).toMatchObject({
      state: 'failed',
      reason: 'no suitable node (1 node not available for new tasks); node node-1 is drained',
    })
    expect(seen.left).toBe('nothing')
    return seen
  })
})

const Cluster = v.object({
  Version: v.object({ Index: v.number() }),
  Spec: v.looseObject({ Orchestration: v.looseObject({}) }),
})

const setTaskHistory = async (TaskHistoryRetentionLimit: number) => {
  const { Version, Spec } = v.parse(Cluster, (await world.engine('GET', '/swarm')).json)
  const Orchestration = { ...Spec.Orchestration, TaskHistoryRetentionLimit }
  const path = `/swarm/update?version=${Version.Index}`
  expect((await world.engine('POST', path, { ...Spec, Orchestration })).status).toBe(200)
}

const setAvailability = async (availability: string) => {
  const { json } = await world.engine('GET', '/nodes')
  const [node] = Array.isArray(json) ? json : []
  const path = `/nodes/${node.ID}/update?version=${node.Version.Index}`
  await world.engine('POST', path, { ...node.Spec, Availability: availability })
}
