import { beforeEach, describe, expect, test } from 'vitest'
import { auditLine } from '../../../handlers/audit/audit-line.ts'
import { jsonText } from '../../../handlers/every-call/json-text.ts'
import { collectGarbage } from '../../../handlers/gc.ts'
import { maintain } from '../../../handlers/maintain.ts'
import { pullDue } from '../../../handlers/pull-due.ts'
import { readGcSettings } from '../../../handlers/settings/gc-settings.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { listNodes } from '../../../src/docker/nodes.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { ACTS, type Act } from '../../../src/spawner/audit.ts'
import { pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import { announceMaintenance, endMaintenance } from '../../../src/spawner/maintenance/announce.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { canaryOf, findCanaries } from '../../support/canaries.ts'
import { HOSTILE, UNPRINTABLE } from '../../support/hostile-engine.ts'
import {
  ADMIN_TOKEN,
  ask,
  createTestService,
  refused,
  SECRETS,
  send,
  signed,
  type TestService,
} from '../../support/test-hub.ts'

let acts: Act[]
let service: TestService
let transport: EngineTransport
let nowMs: number
const createAudited = (wrapped: EngineTransport) =>
  createSpawner(wrapped, { audit: (act) => void acts.push(act), now: () => nowMs })
beforeEach(() => {
  acts = []
  nowMs = Date.now()
  transport = createEmbeddedEngine({ speed: 20, now: () => nowMs + performance.now() }).transport
  service = createTestService(createAudited((request) => transport(request)))
})

const server = { username: 'alice', server_name: 'lab' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
const named = { hub: 'default', username: 'alice', server_name: 'lab' }
const kinds = () => acts.map(({ act }) => act)

describe('each thing that is done to the swarm', () => {
  test('a start tells who asked, for what, by which rules, and where the server came to run', async () => {
    const user_options = { image: 'quay.io/jupyter/scipy-notebook' }
    await ask(service, 'start', {
      server,
      spawn_id: 'spawn-1',
      groups: ['students', 'physics'],
      config: { ...config, use_user_options: true },
      user_options,
    })
    const service_name = expect.stringMatching(/^jupyter-/)
    const who = { ...named, service: service_name, spawn_id: 'spawn-1' }
    expect(acts).toEqual([
      expect.objectContaining({
        ...who,
        act: 'start',
        by: 'hub',
        request_id: 'msg_test',
        groups: ['students', 'physics'],
        service_id: expect.stringMatching(/^[0-9a-z]{25}$/),
        image: expect.stringContaining('scipy-notebook'),
        rules: expect.arrayContaining(['user.images']),
      }),
      expect.objectContaining({ ...who, act: 'run', node: 'embedded', outcome: 'running' }),
    ])
  })

  test('a start that is sent again is told once', async () => {
    const start = { server, config, spawn_id: 'spawn-1', wait_s: 0 }
    for (const _ of [1, 2, 3]) await ask(service, 'start', start)
    expect(kinds().filter((act) => act === 'start')).toHaveLength(1)
  })

  test('a start whose answer was lost is told', async () => {
    let isLost = false
    const lossy = createTestService(
      createAudited(async (request) => {
        const answer = await transport(request)
        if (!request.path.endsWith('/services/create') || isLost) return answer
        isLost = true
        throw new DockerError('connection_lost', 'the answer was lost')
      }),
    )
    await ask(lossy, 'start', { server, config })
    expect(kinds()).toEqual(['start', 'run'])
  })

  test('a newer start tells which older one it replaced', async () => {
    await ask(service, 'start', { server, config, spawn_id: 'older', issued_at: 1 })
    await ask(service, 'start', { server, config, spawn_id: 'newer', issued_at: 2 })
    expect(kinds()).toEqual(['start', 'run', 'replace', 'start', 'run'])
    expect(acts[2]).toMatchObject({ spawn_id: 'older', reason: 'a newer start: newer' })
  })

  test('a refused start tells the rules that refused it', async () => {
    const mounts = ['/etc:/etc']
    await refused(service, 'start', { server, groups: ['g'], config: { ...config, mounts } })
    expect(acts).toEqual([
      expect.objectContaining({
        ...named,
        act: 'refuse',
        by: 'hub',
        groups: ['g'],
        code: 'not_allowed',
        rules: [expect.stringMatching(/^mounts\.0: .*admin\.mounts\.bind/)],
      }),
    ])
  })

  test('a start that the Engine could not be asked for is not refused', async () => {
    transport = () => Promise.reject(new DockerError('unreachable', 'nobody listens'))
    await refused(service, 'start', { server, config })
    expect(acts).toEqual([])
  })

  test('the end of a server tells its exit code, node, image and reason', async () => {
    await ask(service, 'start', {
      server,
      config: { ...config, service_image: 'demo/crash-at-start:1' },
    })
    expect(kinds()).toEqual(['start', 'end'])
    expect(acts[1]).toMatchObject({
      ...named,
      by: 'service',
      node: 'embedded',
      image: expect.stringContaining('demo/crash-at-start:1'),
      outcome: expect.stringMatching(/^failed \(\d+\)$/),
      reason: expect.any(String),
    })
  })

  test('a stop is told once, whether its service is known or found, and only if there was one', async () => {
    for (const more of [{ now: true, spawn_id: 's' }, { now: true }]) {
      await ask(service, 'start', { server, config, spawn_id: 's' })
      await ask(service, 'poll', { server })
      acts = []
      await ask(service, 'stop', { server, ...more })
      await ask(service, 'stop', { server, now: true })
      expect(acts).toEqual([
        expect.objectContaining({ ...named, act: 'stop', by: 'hub', spawn_id: 's' }),
      ])
    }
  })

  test('a person with the admin token is told as such', async () => {
    await ask(service, 'start', { server, config })
    const { body } = signed('stop', { server })
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    await service.app.request('/stop?hub=default', { method: 'POST', body, headers })
    expect(acts.at(-1)).toMatchObject({ act: 'stop', by: 'admin', hub: 'default' })
  })

  test('what a hub has forgotten is told, server by server', async () => {
    await ask(service, 'start', { server, config })
    await ask(service, 'start', { server: { username: 'alice' }, config })
    acts = []
    await send(service, 'forget', { server: { username: 'alice' } })
    expect(acts.map(({ act, server_name, outcome }) => [act, server_name, outcome]).sort()).toEqual(
      [
        ['forget', '', 'removed'],
        ['forget', 'lab', 'removed'],
      ],
    )
  })

  test('a caller that leaves makes the service take its start back, which is told', async () => {
    const leaving = new AbortController()
    const data = { server, config: { ...config, service_image: 'demo/pull-forever:1' } }
    const waiting = send(service, 'start', data, { signal: leaving.signal })
    await expect.poll(kinds).toContain('start')
    leaving.abort()
    await waiting
    expect(acts.at(-1)).toMatchObject({ act: 'discard', reason: 'its caller left' })
  })

  test('gc tells what it removed, and why; what it only lists is no act', async () => {
    const image = 'demo/crash-at-start:1'
    await ask(service, 'start', { server, wait_s: 0, config: { ...config, service_image: image } })
    const spawner = createAudited((request) => transport(request))
    nowMs += 100 * 3_600_000
    acts = []
    const { signal } = new AbortController()
    for (const SWARMSPAWNER_GC of ['list', 'remove']) {
      const gc = readGcSettings({ SWARMSPAWNER_GC }, { fetch })
      await collectGarbage({ spawner, hubs: ['default'], gc, log: () => {}, signal })
    }
    expect(acts).toEqual([
      expect.objectContaining({
        ...named,
        act: 'gc',
        outcome: 'removed',
        reason: expect.stringContaining('ended'),
      }),
    ])
  })

  test('a node that is drained for its maintenance is told, with the message, and is of no hub', async () => {
    const { signal } = new AbortController()
    const spawner = createAudited((request) => transport(request))
    const [node] = await listNodes(spawner.docker)
    const at = new Date(nowMs + 60_000).toISOString()
    const named = { nodeId: node?.ID ?? '', node: 'embedded', signal }
    await announceMaintenance(spawner, { ...named, at, message: 'New disks' })
    nowMs += 60_000
    for (const _ of ['drains', 'has nothing to do'])
      await maintain({ spawner, log: () => {}, signal })
    for (const _ of ['takes it back', 'has nothing to do']) await endMaintenance(spawner, named)
    const drain = { act: 'drain', node: 'embedded' }
    expect(acts).toEqual([
      { ...drain, at, outcome: 'announced', reason: 'New disks' },
      { ...drain, outcome: 'drained', reason: 'New disks' },
      { ...drain, outcome: 'taken back' },
    ])
  })

  test('an image that is no longer due is told, and why: the hub, the policy, or a newer digest', async () => {
    const pull = (images: string[]) =>
      send(service, 'pull', { is_all: true, images: images.map((image) => ({ image })) })
    await pull(['lab/a:1', 'lab/b:1'])
    await pull(['lab/b:1'])
    const spawner = createAudited((request) => transport(request))
    const { signal } = new AbortController()
    const digest = `sha256:${'b'.repeat(64)}`
    const source = 'hub' as const
    await pullAhead(spawner, { hub: 'default', image: 'lab/b:1', source, digest, signal })
    const policy = completePolicy({ admin: { images: ['lab/other:*'] }, user: {}, groups: {} })
    await pullDue({ spawner: { ...spawner, policy }, hubs: ['default'], log: () => {}, signal })
    const dropped = acts.filter(({ act }) => act === 'drop')
    const service_id = expect.stringMatching(/^[0-9a-z]{25}$/)
    const drop = { hub: 'default', service_id, service: expect.any(String), outcome: 'removed' }
    const reason = (words: string) => expect.stringContaining(words)
    expect(dropped).toEqual([
      expect.objectContaining({ ...drop, by: 'hub', image: 'lab/a:1', reason: reason('the hub') }),
      expect.objectContaining({ ...drop, image: 'lab/b:1', reason: reason('a newer job: ') }),
      expect.objectContaining({ ...drop, image: 'lab/b:1', digest, reason: reason('image') }),
    ])
    expect(dropped.map(({ by }) => by)).toEqual(['hub', undefined, undefined])
  })

  test('a pull is told, with its digest', async () => {
    const { signal } = new AbortController()
    const digest = `sha256:${'a'.repeat(64)}`
    const spawner = createAudited((request) => transport(request))
    await pullAhead(spawner, {
      hub: 'default',
      image: 'demo/notebook:1',
      digest,
      why: 'a form',
      signal,
    })
    expect(acts).toEqual([
      expect.objectContaining({
        act: 'pull',
        hub: 'default',
        image: 'demo/notebook:1',
        digest,
        reason: 'a form',
      }),
    ])
  })
})

test('no secret, variable or option of a user gets into a line', async () => {
  const canaries = {
    token: canaryOf('token'),
    variable: canaryOf('variable'),
    option: canaryOf('option'),
    label: canaryOf('label'),
  }
  const env = { JUPYTERHUB_API_TOKEN: canaries.token, COLOUR: canaries.variable }
  const data = {
    server,
    env,
    config: { ...config, use_user_options: true, labels: { a: canaries.label } },
  }
  await ask(service, 'start', data)
  await ask(service, 'stop', { server })
  await refused(service, 'start', {
    ...data,
    user_options: { container_spec: { user: canaries.option } },
  })
  await ask(service, 'start', {
    ...data,
    config: { ...data.config, service_image: 'demo/crash-at-start:1' },
  })
  const text = acts.map((act) => jsonText(auditLine(act, 0))).join('\n')
  expect(acts.length).toBeGreaterThan(4)
  expect(findCanaries(canaries, text)).toEqual([])
  for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
})

test('texts of others stay on the line', async () => {
  const evil = { username: HOSTILE.slice(0, 200), server_name: HOSTILE.slice(0, 200) }
  await send(service, 'start', { server: evil, config, groups: [HOSTILE] })
  await send(service, 'start', {
    server: evil,
    groups: [HOSTILE],
    config: { ...config, [HOSTILE]: 1 },
  })
  expect(acts.length).toBeGreaterThan(0)
  for (const act of acts) {
    const line = jsonText(auditLine(act, 0))
    expect(line).not.toMatch(UNPRINTABLE)
    expect(line.split('\n')).toHaveLength(1)
  }
})

test('every act that there is has a test here', async () => {
  const { readFileSync } = await import('node:fs')
  const source = readFileSync(import.meta.filename, 'utf8')
  for (const act of ACTS) expect(source, act).toContain(`'${act}'`)
})
