import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { collectGarbage } from '../../../handlers/gc.ts'
import { maintain } from '../../../handlers/maintain.ts'
import { pullDue } from '../../../handlers/pull-due.ts'
import { readGcSettings } from '../../../handlers/settings/gc-settings.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { listNodes } from '../../../src/docker/nodes.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import type { Act } from '../../../src/spawner/audit.ts'
import { pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import { announceMaintenance, endMaintenance } from '../../../src/spawner/maintenance/announce.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { createSpawner, type Spawner } from '../../../src/spawner/spawner.ts'
import { ask, createTestService, refused, send, type TestService } from '../../support/test-hub.ts'
import { untold, watchWrites } from '../../support/watch-writes.ts'

let acts: Act[]
let nowMs: number
let watched: ReturnType<typeof watchWrites>
/** Whether the answer to the next change with this method is lost, after the Engine has made it. */
let losing: string | undefined
let spawner: Spawner
let service: TestService
beforeEach(() => {
  acts = []
  nowMs = Date.now()
  losing = undefined
  const now = () => nowMs + performance.now()
  watched = watchWrites(createEmbeddedEngine({ speed: 50, now, nodes: 2 }))
  const transport: EngineTransport = async (request) => {
    const answer = await watched.engine.transport(request)
    if (request.method !== losing) return answer
    losing = undefined
    throw new DockerError('connection_lost', 'the answer was lost')
  }
  const audit = (act: Act) => void acts.push(act)
  spawner = createSpawner(transport, { audit, now: () => nowMs })
  service = createTestService(spawner)
})

const { signal } = new AbortController()
const log = () => {}
const server = { username: 'alice', server_name: 'lab' }
const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
const start = (more: object = {}) => ask(service, 'start', { server, config, ...more })
const pull = (images: string[]) =>
  send(service, 'pull', { is_all: true, images: images.map((image) => ({ image })) })
const digest = `sha256:${'b'.repeat(64)}`
const gc = readGcSettings({ SWARMSPAWNER_GC: 'remove' }, { fetch })
const leave = async () => {
  const leaving = new AbortController()
  const forever = { ...config, service_image: 'demo/pull-forever:1' }
  const waiting = send(service, 'start', { server, config: forever }, { signal: leaving.signal })
  await expect.poll(() => acts).not.toEqual([])
  leaving.abort()
  await waiting
}

/** Everything that the service does to a Swarm, and which changes that takes. */
const WORK: Readonly<Record<string, { work: () => Promise<unknown>; changes: string[] }>> = {
  start: { work: () => start(), changes: ['create'] },
  stop: {
    work: async () => {
      await start()
      await ask(service, 'stop', { server })
    },
    changes: ['create', 'remove'],
  },
  'a stop of a known service': {
    work: async () => {
      await start({ spawn_id: 's' })
      await ask(service, 'stop', { server, now: true, spawn_id: 's' })
    },
    changes: ['create', 'remove'],
  },
  'a newer start': {
    work: async () => {
      await start({ spawn_id: 'older', issued_at: 1 })
      await start({ spawn_id: 'newer', issued_at: 2 })
    },
    changes: ['create', 'remove', 'create'],
  },
  forget: {
    work: async () => {
      await start()
      await send(service, 'forget', { server: { username: 'alice' } })
    },
    changes: ['create', 'remove'],
  },
  'a caller that leaves': { work: leave, changes: ['create', 'remove'] },
  'the end of a server': {
    work: () => start({ config: { ...config, service_image: 'demo/crash-at-start:1' } }),
    changes: ['create', 'remove'],
  },
  gc: {
    work: async () => {
      await start({ wait_s: 0, config: { ...config, service_image: 'demo/crash-at-start:1' } })
      nowMs += 100 * 3_600_000
      await collectGarbage({ spawner, hubs: ['default'], gc, log, signal })
    },
    changes: ['create', 'remove'],
  },
  'pull, and an image that the hub no longer names': {
    work: async () => {
      await pull(['lab/a:1', 'lab/b:1'])
      await pull(['lab/b:1'])
    },
    changes: ['create', 'create', 'update', 'remove'],
  },
  'a newer digest': {
    work: async () => {
      const image = 'lab/a:1'
      await pullAhead(spawner, { hub: 'default', image, signal })
      await pullAhead(spawner, { hub: 'default', image, digest, signal })
    },
    changes: ['create', 'create', 'update', 'remove'],
  },
  'an image that failed, and that the policy no longer allows': {
    work: async () => {
      await pull(['lab/missing:1'])
      nowMs += 2000
      await pullDue({ spawner, hubs: ['default'], log, signal })
      const policy = completePolicy({ admin: { images: ['other/*'] }, user: {}, groups: {} })
      await pullDue({ spawner: { ...spawner, policy }, hubs: ['default'], log, signal })
    },
    changes: ['create', 'update', 'update', 'remove'],
  },
  maintenance: {
    work: async () => {
      const node = (await listNodes(spawner.docker)).at(-1)
      const named = { nodeId: node?.ID ?? '', node: node?.Description.Hostname, signal }
      const at = new Date(nowMs + 60_000).toISOString()
      await announceMaintenance(spawner, { ...named, at, message: '' })
      nowMs += 60_000
      for (const _ of [1, 2]) await maintain({ spawner, log, signal })
      for (const _ of [1, 2]) await endMaintenance(spawner, named)
    },
    changes: ['node', 'node', 'node'],
  },
}

const names = async () =>
  new Map(
    (await listNodes(spawner.docker)).map(({ ID, Description }) => [ID, Description.Hostname]),
  )
const untoldHere = async () => {
  const nameOf = await names()
  return untold(watched.writes, acts, (id) => nameOf.get(id) ?? id)
}

describe('every change of the swarm has a line', () => {
  test.each(Object.entries(WORK))('%s', async (_, { work, changes }) => {
    await work()
    expect(watched.writes.map(({ what }) => what)).toEqual(changes)
    expect(await untoldHere()).toEqual([])
  })

  test.each(Object.entries(WORK).filter(([, { changes }]) => changes.includes('remove')))(
    'also if the answer to a removal is lost: %s',
    async (_, { work }) => {
      losing = 'DELETE'
      await Promise.allSettled([work()])
      expect(watched.writes.map(({ what }) => what)).toContain('remove')
      expect(await untoldHere()).toEqual([])
      expect(losing).toBeUndefined()
      expect(acts.map(({ outcome }) => outcome)).toContain('unknown')
    },
  )

  test.each(['a newer digest', 'maintenance', 'start'])(
    'also if the answer to another change is lost: %s',
    async (name) => {
      losing = 'POST'
      await Promise.allSettled([WORK[name]?.work()])
      expect(watched.writes.length).toBeGreaterThan(0)
      expect(losing).toBeUndefined()
      if (name === 'a newer digest') {
        // The answer had the id.
        expect(acts[0]).toMatchObject({ act: 'pull', image: 'lab/a:1', outcome: 'unknown' })
        return
      }
      expect(await untoldHere()).toEqual([])
    },
  )

  test('a change of a node that could not be read, and so was never sent, is not told', async () => {
    const node = (await listNodes(spawner.docker)).at(-1)
    losing = 'GET'
    const asked = { nodeId: node?.ID ?? '', at: new Date(nowMs).toISOString(), message: '', signal }
    await expect(announceMaintenance(spawner, asked)).rejects.toThrow('the answer was lost')
    expect([acts, watched.writes]).toEqual([[], []])
  })

  test('a removal that the Engine certainly has not made is not told', async () => {
    await start({ spawn_id: 's' })
    acts = []
    const { docker } = spawner
    const away: EngineTransport = () => Promise.reject(new DockerError('unreachable', 'nobody'))
    service = createTestService({ ...spawner, docker: { ...docker, transport: away } })
    await refused(service, 'stop', { server, now: true, spawn_id: 's' })
    expect(acts).toEqual([])
  })
})

describe('nothing can change the swarm without a line', () => {
  const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8')
  const files = globSync('{src,handlers,cli}/**/*.ts', { cwd: projectRoot }).filter(
    (file) => !file.startsWith('src/embedded/'),
  )
  const WRITERS = /\b(?:createService|removeService|runJobAgain|changeNode)\b/

  test('only these files call the Engine with another method than GET', () => {
    const writing = files.filter(
      (file) => file.startsWith('src/docker/') && /method: '(?!GET|HEAD)/.test(read(file)),
    )
    expect(writing.sort()).toEqual([
      'src/docker/change-node.ts',
      'src/docker/jobs.ts',
      'src/docker/services.ts',
    ])
    const writers = writing.flatMap((file) =>
      read(file)
        .split(/^export const /m)
        .filter((text) => /method: '(?!GET|HEAD)/.test(text))
        .map((text) => /^\w+/.exec(text)?.[0] ?? ''),
    )
    expect(writers.length).toBe(4)
    for (const name of writers) expect(name).toMatch(WRITERS)
  })

  test('only told-changes.ts uses them, and two that tell for themselves', () => {
    const using = files.filter(
      (file) =>
        !file.startsWith('src/docker/') &&
        [...read(file).matchAll(/^import [^;]*? from '[^']*docker\/[^']*'/gm)].some(([text]) =>
          WRITERS.test(text),
        ),
    )
    expect(using.sort()).toEqual([
      'src/spawner/claim.ts',
      'src/spawner/images/remove-pull.ts',
      'src/spawner/told-changes.ts',
    ])
  })

  test('nobody passes by the functions of src/docker', () => {
    const passing = files.filter(
      (file) =>
        !file.startsWith('src/docker/') &&
        /docker\/request\.ts'/.test(read(file)) &&
        !/import type [^;]*docker\/request\.ts'/.test(read(file)),
    )
    expect(passing).toEqual([])
  })
})
