import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { UNRECORDED } from '../../src/spawner/state/earlier-ends.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { ask, createTestService } from '../support/test-hub.ts'

/** How much faster than ours the clock of the service and of the Engine goes. */
const SPEED = 10

const Tasks = v.array(
  v.looseObject({
    CreatedAt: v.string(),
    ServiceID: v.string(),
    Status: v.looseObject({
      State: v.string(),
      Timestamp: v.string(),
      ContainerStatus: v.optional(v.object({ ContainerID: v.string(), ExitCode: v.number() })),
    }),
  }),
)
type Tasks = v.InferOutput<typeof Tasks>
const byAge = (a: { CreatedAt: string }, b: { CreatedAt: string }) =>
  Date.parse(a.CreatedAt) - Date.parse(b.CreatedAt)

/** Nobody sees the end of a task in the moment before it is replaced. */
const asStarting = (task: Tasks[number]) => {
  if (!['failed', 'complete', 'rejected'].includes(task.Status.State)) return task
  const { Err: _, ...Status } = task.Status
  return { ...task, DesiredState: 'running', Status: { ...Status, State: 'starting' } }
}

/** A swarm with a task history limit of 1: it lists the newest task only. Its events are those of one node. */
const openWorld = ({ isLocal }: { isLocal: boolean }) => {
  const begun = performance.now()
  const now = () => Date.parse('2026-11-28T10:00:00Z') + (performance.now() - begun) * SPEED
  const engine = createEmbeddedEngine({ now })
  const asked: URL[] = []
  const allTasks = async () => {
    const answer = await engine.fetch(new Request('http://docker/tasks'))
    return v.parse(Tasks, await answer.json()).toSorted(byAge)
  }
  const dies = (tasks: Tasks, query: URLSearchParams) => {
    const [since, until] = ['since', 'until'].map((name) => Number(query.get(name)) * 1000)
    const wanted = JSON.parse(query.get('filters') ?? '{}')
    expect(wanted).toMatchObject({ type: ['container'], event: ['die'] })
    return tasks.flatMap(({ ServiceID, Status: { State, Timestamp, ContainerStatus } }) => {
      const at = Date.parse(Timestamp)
      const isMeant =
        wanted.label[0] === `com.docker.swarm.service.id=${ServiceID}` &&
        ['failed', 'complete'].includes(State) &&
        at >= (since ?? 0) &&
        at <= (until ?? 0)
      if (!isMeant) return []
      const Attributes = { exitCode: String(ContainerStatus?.ExitCode) }
      const Actor = { ID: ContainerStatus?.ContainerID, Attributes }
      return [{ Type: 'container', Action: 'die', Actor, scope: 'local', timeNano: at * 1e6 }]
    })
  }
  const transport = fetchTransport('http://embedded', async (url, init) => {
    const { pathname, searchParams } = new URL(String(url))
    asked.push(new URL(String(url)))
    if (pathname.endsWith('/events')) {
      const events = isLocal ? dies(await allTasks(), searchParams) : []
      return new Response(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    }
    if (isLocal && pathname.includes('/containers/'))
      return Response.json({ State: { Running: false, OOMKilled: false }, Config: {} })
    const answer = await engine.fetch(new Request(url, init))
    if (!pathname.endsWith('/tasks')) return answer
    const tasks = v.parse(Tasks, await answer.json())
    return new Response(JSON.stringify(tasks.toSorted(byAge).slice(-1).map(asStarting)), answer)
  })
  const service = createTestService(createSpawner(transport, { now }))
  const server = { username: 'alice', server_name: '' }
  const say = (verb: string, data: object) =>
    ask(service, verb, { server, ...data }, { now: now() })
  return {
    asked,
    start: (image: string, more: object = {}, data: object = {}) => {
      const config = { container_spec: { image }, networks: ['jupyterhub'], ...more }
      return say('start', { spawn_id: 'a', issued_at: Math.round(now()), config, ...data })
    },
    poll: () => say('poll', {}),
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms / SPEED))
const any = { restart_policy: { condition: 'any', delay: '3s' } }
const exit = 'task: non-zero exit (3)'
const messagesOf = ({ events }: { events: readonly { message: string }[] }) =>
  events.map(({ message }) => message)

describe.concurrent('a program that ends in a swarm that keeps no tasks', () => {
  test("fails its start after the third end, where the Engine's own node ran it", async () => {
    const { start } = openWorld({ isLocal: true })
    const state = await start('scenario/exit-3:1', any, { start_timeout: 60 })
    expect(state).toMatchObject({ state: 'failed', status: 3, reason: exit })
    expect(messagesOf(state).filter((message) => message === `Failed: ${exit}`).length).toBe(3)
    expectSentence(state.user_message)
    expect(state.user_message).toContain('exit code 3')
  })

  test('is told by a poll while Swarm tries again', async () => {
    const { start, poll } = openWorld({ isLocal: true })
    await start('scenario/exit-3:1', any, { wait_s: 0 })
    await pause(3000)
    const state = await poll()
    expect(state).toMatchObject({ state: 'starting', status: null, reason: exit })
    expect(messagesOf(state)).toContain(`Failed: ${exit}`)
  })

  test('is told to have ended, without its code, where another node ran it', async () => {
    const { start } = openWorld({ isLocal: false })
    const state = await start('scenario/bind-missing:1', any, { start_timeout: 12 })
    expect(state).toMatchObject({
      state: 'failed',
      reason: `Not running within 12 s: ${UNRECORDED}`,
      advice: expect.stringContaining('--task-history-limit'),
    })
    expectSentence(state.user_message)
  })
})

test.each([
  ['without a restart policy', {}],
  ['under a restart policy', any],
])('a server that starts well %s costs no call', async (_, more) => {
  const { start, asked } = openWorld({ isLocal: false })
  expect(await start('lab/notebook:1', more)).toMatchObject({ state: 'running', reason: null })
  expect(asked.filter(({ pathname }) => /\/events$|\/services\/./.test(pathname))).toEqual(
    asked.filter(({ pathname }) => pathname.endsWith('/services/create')),
  )
})

test('a slow start under a restart policy is not called an earlier end', async () => {
  const { start, poll } = openWorld({ isLocal: false })
  await start('scenario/pull-forever:1', any, { wait_s: 0 })
  await pause(8000)
  expect(await poll()).toMatchObject({ state: 'starting', reason: null })
})
