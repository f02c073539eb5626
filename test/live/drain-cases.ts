import * as v from 'valibot'
import { afterAll, expect, test } from 'vitest'
import { listNodes } from '../../src/docker/nodes.ts'
import { announceMaintenance, endMaintenance } from '../../src/spawner/maintenance/announce.ts'
import { drainDue } from '../../src/spawner/maintenance/drain-due.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { type LiveUser, liveUser } from './live-user.ts'
import type { World } from './world.ts'

const { signal } = new AbortController()

/** A node that is drained, by us or by Docker. There is one node, so that these cases run alone. */
export const drainCases = (world: () => World): void => {
  const student = () => liveUser(world(), 'drained')
  const late = () => liveUser(world(), 'drained-late')
  afterAll(() => Promise.all([student().removeAll(), late().removeAll()]))

  const nodeOf = async () => {
    const [node] = await listNodes(world().spawner.docker)
    return v.parse(v.object({ ID: v.string(), Spec: v.looseObject({}) }), node)
  }
  const announce = async (inMs: number) => {
    const at = new Date(Date.now() + inMs).toISOString()
    const { ID: nodeId } = await nodeOf()
    await announceMaintenance(world().spawner, { nodeId, at, message: 'New disks', signal })
    return { at, message: 'New disks' }
  }
  const look = async () => {
    const outcomes = []
    for await (const { outcome } of drainDue(world().spawner, signal)) outcomes.push(outcome)
    return outcomes
  }
  const setAvailability = async (Availability: string) => {
    const [node] = v.parse(Nodes, (await world().engine('GET', '/nodes')).json)
    const path = `/nodes/${node?.ID}/update?version=${node?.Version.Index}`
    expect((await world().engine('POST', path, { ...node?.Spec, Availability })).status).toBe(200)
  }
  /** Polls until the server has ended, and gives the state that says so. */
  const endOf = async ({ poll }: LiveUser): Promise<ServerState | undefined> => {
    let last: ServerState | undefined
    const hasEnded = async () => {
      last = await poll()
      return last.status !== null
    }
    await expect.poll(hasEnded, { timeout: 60_000 }).toBe(true)
    return last
  }

  test('a node in maintenance is paused, then drained; its users are told, and so is the next start', async () => {
    const { Spec: before } = await nodeOf()
    expect(await student().start({})).toMatchObject({ state: 'running' })
    const maintenance = await announce(3_600_000)
    expect(await look()).toEqual([])
    expect(await nodeOf()).toMatchObject({ Spec: { Availability: 'pause' } })
    expect(await student().poll()).toMatchObject({ state: 'running', maintenance })
    expect(await late().start({})).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /^no suitable node \(1 node not available for new tasks\); node \S+ is in maintenance: New disks$/,
      ),
      user_message: expect.stringContaining('are in maintenance: New disks. '),
    })
    expect(await student().poll()).toMatchObject({ state: 'running', maintenance })
    await announce(0)
    expect(await endOf(student())).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^Node \S+ is in maintenance: New disks$/),
    })
    const { ID: nodeId } = await nodeOf()
    expect(await endMaintenance(world().spawner, { nodeId, signal })).toBe(true)
    expect((await nodeOf()).Spec).toEqual(before)
  }, 120_000)

  test('a node that Docker drains stops its servers with that reason, and the next start gives it', async () => {
    const started = await student().start({})
    expect(started).toMatchObject({ state: 'running' })
    expect(started).not.toHaveProperty('maintenance')
    await setAvailability('drain')
    const [ended, next] = await Promise.all([endOf(student()), late().start({})])
    expect(ended?.reason).toMatch(/^Node \S+ was drained$/)
    expect(next).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /^no suitable node \(1 node not available for new tasks\); node \S+ is drained$/,
      ),
      user_message: expect.stringContaining('are out of service. Please try again when'),
    })
    await setAvailability('active')
    expect(await student().start({})).toMatchObject({ state: 'running' })
  }, 120_000)
}

const Nodes = v.array(
  v.object({
    ID: v.string(),
    Version: v.object({ Index: v.number() }),
    Spec: v.looseObject({}),
  }),
)
