// lane: light (it waits for Swarm, and computes a quarter of the time)
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { listNodes } from '../../src/docker/nodes.ts'
import { announceMaintenance, endMaintenance } from '../../src/spawner/maintenance/announce.ts'
import { drainDue } from '../../src/spawner/maintenance/drain-due.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { ask } from '../support/test-hub.ts'
import { fault, type Seen } from './fault-row.ts'
import { type FaultWorld, openFaultWorld, readBy, type Server, type Spec } from './fault-world.ts'
import { stateInWords } from './in-words.ts'

const SECTION = 'A server that runs'
const notebook = { container_spec: { image: 'scenario/notebook:1' }, networks: ['jupyterhub'] }
const shell = (script: string, more: object = {}) => ({
  ...notebook,
  container_spec: { image: 'scenario/notebook:1', args: ['sh', '-c', script] },
  ...more,
})

let world: FaultWorld
beforeAll(async () => {
  world = await openFaultWorld('28.5')
}, 180_000)
afterAll(() => world?.close())
afterEach(() => world.removeAll())

type Running = { server: Server; spawn_id: string; started: ServerState }

const running = async (config: object): Promise<Running> => {
  const [server, spawn_id] = [world.someone(), 'the-spawn']
  const started = await ask(world.service, 'start', { server, spawn_id, config, wait_s: 60 })
  expect(started.state).toBe('running')
  return { server, spawn_id, started }
}

/** Polls as a hub does, faster, until `isMet`; says each state on the way, the first that meets it last. */
const pollUntil = async (
  { server, spawn_id }: Running,
  isMet: (state: ServerState) => boolean,
): Promise<{ states: ServerState[]; last: ServerState; seconds: number }> => {
  const begun = performance.now()
  const states: ServerState[] = []
  while (performance.now() - begun < 60_000) {
    const state = await ask(world.service, 'poll', { server: { ...server, spawn_id } })
    states.push(state)
    const seconds = (performance.now() - begun) / 1000
    if (isMet(state)) return { states, last: state, seconds }
    await sleep(50)
  }
  throw new Error(`not met within a minute: ${JSON.stringify(states.at(-1))}`)
}

/** Something ends a server: a poll says why, once, and removes what is left of it. */
const ends = (
  name: string,
  config: object,
  {
    withinS,
    expected,
    by = async () => {},
    after = async () => {},
  }: {
    withinS: number
    expected: object
    by?: () => Promise<unknown>
    after?: () => Promise<unknown>
  },
) =>
  fault(SECTION, name, { withinS }, async (): Promise<Seen> => {
    const server = await running(config)
    await by()
    const { last, seconds } = await pollUntil(server, ({ status }) => status !== null)
    await after()
    expect(last).toMatchObject(expected)
    const left = await world.left()
    expect(left).toBe('nothing')
    return { answer: stateInWords(last), ...readBy(last), seconds, left }
  })

/** Something happens to a server that is no end of it: no poll ever says a status, and it runs in the end. */
const lives = (
  name: string,
  config: object,
  {
    withinS,
    by,
    isMet,
    expected,
  }: {
    withinS: number
    by: () => Promise<unknown>
    isMet: (state: ServerState, started: ServerState) => boolean
    expected: object
  },
) =>
  fault(SECTION, name, { withinS }, async (): Promise<Seen> => {
    const server = await running(config)
    await by()
    const { states, last, seconds } = await pollUntil(
      server,
      (state) => state.state === 'running' && isMet(state, server.started),
    )
    expect(states.filter(({ status }) => status !== null)).toEqual([])
    expect(last).toMatchObject({ ...expected, service_id: server.started.service_id })
    return {
      answer: stateInWords(last),
      ...readBy(last),
      seconds,
      left: 'the server, which runs',
    }
  })

const withImage = (image: string) => (spec: Spec) => {
  spec.TaskTemplate.ContainerSpec.Image = image
}
const Containers = v.array(v.object({ Id: v.string() }))
const killContainer = async () => {
  const { json } = await world.engine('GET', '/containers/json')
  for (const { Id } of v.parse(Containers, json))
    await world.engine('POST', `/containers/${Id}/kill`)
}
const setAvailability = async (availability: string) => {
  const { json } = await world.engine('GET', '/nodes')
  const [node] = Array.isArray(json) ? json : []
  const path = `/nodes/${node.ID}/update?version=${node.Version.Index}`
  await world.engine('POST', path, { ...node.Spec, Availability: availability })
}
const MAINTENANCE_IN_MS = 2000
const asked = async () => {
  const [node] = await listNodes(world.spawner.docker)
  return { nodeId: node?.ID ?? '', signal: new AbortController().signal }
}
/** The node waits for its maintenance, and the server goes on; then the service's look drains it. */
const maintain = async () => {
  const at = new Date(Date.now() + MAINTENANCE_IN_MS).toISOString()
  await announceMaintenance(world.spawner, { ...(await asked()), at, message: 'New disks' })
  await sleep(MAINTENANCE_IN_MS)
  const [node] = await listNodes(world.spawner.docker)
  expect(node?.Spec.Availability).toBe('pause')
  const { json } = await world.engine('GET', '/containers/json')
  expect(v.parse(Containers, json)).toHaveLength(1)
  const outcomes = []
  const { signal } = new AbortController()
  for await (const { outcome } of drainDue(world.spawner, signal)) outcomes.push(outcome)
  expect(outcomes).toEqual(['drained'])
}
const endMaintain = async () => {
  expect(await endMaintenance(world.spawner, await asked())).toBe(true)
  const [node] = await listNodes(world.spawner.docker)
  expect(node?.Spec).toMatchObject({ Availability: 'active', Labels: {} })
}
const isNewTask = (state: ServerState, started: ServerState) => state.task?.id !== started.task?.id

describe('ends', () => {
  ends('it exits with 3', shell('sleep 1.5; echo bye; exit 3'), {
    withinS: 5,
    expected: { state: 'failed', status: 3, reason: 'task: non-zero exit (3)', log: ['bye'] },
  })
  ends('it exits with 0', shell('sleep 1.5'), {
    withinS: 5,
    expected: { state: 'exited', status: 0 },
  })
  ends(
    'it uses up its memory',
    shell('sleep 1; tail /dev/zero', { resource_spec: { mem_limit: 16e6 } }),
    {
      withinS: 10,
      expected: {
        state: 'failed',
        status: 137,
        reason: 'task: non-zero exit (137): OOMKilled',
        advice:
          'It was killed for using more memory than its limit of 15 MiB: raise mem_limit, or look at what it does',
      },
    },
  )
  ends('docker kill', notebook, {
    withinS: 5,
    by: killContainer,
    expected: {
      state: 'failed',
      status: 137,
      reason: 'task: non-zero exit (137)',
      advice: expect.stringContaining('by docker kill'),
    },
  })
  ends('docker service rm', notebook, {
    withinS: 10,
    by: () => world.removeAll(),
    expected: { state: 'absent', status: 0, reason: expect.stringContaining('docker service rm') },
  })
  ends('docker service scale to 0', notebook, {
    withinS: 10,
    by: () =>
      world.update((spec) => {
        spec.Mode.Replicated.Replicas = 0
      }),
    expected: { state: 'exited', status: 0, reason: expect.stringContaining('scaled to 0') },
  })
  ends('docker service update to an image that is missing', notebook, {
    withinS: 10,
    by: () => world.update(withImage('lab/missing:1')),
    expected: {
      state: 'failed',
      reason: 'No such image: lab/missing:1',
      advice: expect.stringContaining('from scenario/notebook:1 to lab/missing:1'),
    },
  })
  ends('its node is drained', notebook, {
    withinS: 10,
    by: () => setAvailability('drain'),
    after: () => setAvailability('active'),
    expected: { state: 'failed', reason: 'Node node-1 was drained' },
  })
  ends('its node is drained for maintenance', notebook, {
    withinS: 10,
    by: () => maintain(),
    after: () => endMaintain(),
    expected: { state: 'failed', reason: 'Node node-1 is in maintenance: New disks' },
  })
})

describe('lives', () => {
  lives('docker service update to another image', notebook, {
    withinS: 20,
    by: () => world.update(withImage('scenario/dies-later:1')),
    isMet: isNewTask,
    expected: {
      advice:
        'The image of its service was changed from scenario/notebook:1 to scenario/dies-later:1, not by the hub',
    },
  })
  lives('docker service update --force', notebook, {
    withinS: 20,
    by: () =>
      world.update((spec) => {
        spec.TaskTemplate.ForceUpdate = 1
      }),
    isMet: isNewTask,
    expected: { advice: expect.stringContaining('updated or its node drained') },
  })
  lives(
    'docker service update to an image that is missing, with update order start-first',
    { ...notebook },
    {
      withinS: 20,
      by: () =>
        world.update((spec) => {
          spec['UpdateConfig'] = { Order: 'start-first', Parallelism: 1 }
          withImage('lab/missing:1')(spec)
        }),
      isMet: ({ reason }) => reason !== null,
      expected: { reason: 'No such image: lab/missing:1' },
    },
  )
  lives(
    'docker kill, under a restart policy',
    { ...notebook, restart_policy: 'any' },
    {
      withinS: 20,
      by: killContainer,
      isMet: isNewTask,
      expected: { reason: 'task: non-zero exit (137)' },
    },
  )
})
