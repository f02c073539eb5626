import * as v from 'valibot'
import { afterAll, beforeAll, describe, type ExpectStatic, test } from 'vitest'
import { listServers } from '../../src/spawner/list-servers.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { REFUSED, TAKEN } from '../support/constraints.ts'
import { readMetrics, sumOf } from '../support/read-metrics.ts'
import { ADMIN_TOKEN, readEvents, refused, send } from '../support/test-hub.ts'
import { addressCases } from './address-cases.ts'
import { drainCases } from './drain-cases.ts'
import { type LiveUser, liveUser, notebook } from './live-user.ts'
import { pullCases } from './pull-cases.ts'
import type { World } from './world.ts'

const Inspected = v.object({
  Spec: v.looseObject({
    TaskTemplate: v.looseObject({
      Networks: v.array(
        v.looseObject({ Target: v.string(), Aliases: v.optional(v.array(v.string())) }),
      ),
    }),
  }),
})

/** What a case gets: tests that run side by side need an `expect` of their own. */
type Case = LiveUser & { expect: ExpectStatic }

/**
 * The behaviour that the embedded engine and every real one must show alike: each case runs on all of them, with
 * the same requests and the same expectations.
 */
export const liveSuite = (open: () => Promise<World>): void => {
  let world: World
  let users = 0
  beforeAll(async () => {
    world = await open()
  }, 120_000)
  afterAll(() => world?.close())

  // Cases wait most of their time, so several of them run at once, each with a user of its own.
  const eachUser = (title: string, run: (user: Case) => Promise<void>) =>
    test.concurrent(title, async ({ expect }) => {
      const user = liveUser(world, `alice-${users++}`)
      await run({ expect, ...user }).finally(user.removeAll)
    })
  const withImage = (image: string, more: object = {}) => ({
    config: { ...notebook, container_spec: { image }, ...more },
  })

  describe('a server', () => {
    eachUser(
      'a server starts, is polled, stops, and is absent then',
      async ({ expect, start, poll, stop, serviceNames, owner }) => {
        const started = await start({ spawn_id: 'first' })
        expect(started).toMatchObject({
          state: 'running',
          status: null,
          service_name: `jupyter-${owner}-1`,
          url: expect.stringMatching(/^http:\/\/jupyter-[0-9a-f]{8}-1-[0-9a-f]{30}:8888$/),
          spawn_id: 'first',
          reason: null,
          task: { state: 'running' },
        })
        expect(started.events[0]).toMatchObject({ progress: 5, message: 'Service created' })
        expect(started.events.at(-1)?.progress).toBe(100)
        const polled = await poll()
        expect(polled).toMatchObject({ state: 'running', status: null, cursor: started.cursor })
        expect(await stop()).toMatchObject({ state: 'absent', status: 0, reason: null })
        expect(await poll()).toMatchObject({ state: 'absent', status: 0, task: null })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start tells each state once on the way, as server-sent events',
      async ({ expect, alice }) => {
        const data = { server: alice, config: notebook }
        const response = await send(world.service, 'start', data, {
          headers: { accept: 'text/event-stream' },
        })
        expect(response.headers.get('content-type')).toContain('text/event-stream')
        const events = await readEvents(response)
        expect(events.map(({ event }) => event)).toEqual([
          ...events.slice(0, -1).map(() => 'state'),
          'ready',
        ])
        const states = events.map(({ data }) => v.parse(ServerState, data))
        expect(states.at(-1)).toMatchObject({ state: 'running', status: null })
        expect(states[0]).toMatchObject({ state: 'starting', status: null })
        const cursors = states.map(({ cursor }) => cursor)
        expect(new Set(cursors).size).toBe(cursors.length)
      },
    )

    eachUser(
      'a named server stands beside the default one',
      async ({ expect, start, poll, stop, lab, owner }) => {
        const [first, named] = await Promise.all([start({}), start({ server: lab })])
        expect([first.service_name, named.service_name]).toEqual([
          `jupyter-${owner}-1`,
          `jupyter-${owner}-lab`,
        ])
        await stop()
        expect(await poll({ server: lab })).toMatchObject({ state: 'running' })
      },
    )

    eachUser(
      'a server that never was is absent, also to stop, which may be repeated',
      async ({ expect, poll, stop }) => {
        expect(await poll()).toMatchObject({ state: 'absent', status: 0 })
        expect(await stop()).toMatchObject({ state: 'absent', status: 0 })
      },
    )

    eachUser(
      'a server that dies is told with its exit code once, removed, and absent then',
      async ({ expect, start, poll, serviceNames, alice }) => {
        const running = await start(withImage('scenario/dies-later:1'))
        expect(running.state).toBe('running')
        const dead = await poll({ server: alice, cursor: running.cursor, wait_s: 20 })
        expect(dead).toMatchObject({
          state: 'failed',
          status: 1,
          reason: 'task: non-zero exit (1)',
          task: { state: 'failed' },
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a server that has been polled is stopped by its spawn in one Engine call',
      async ({ expect, start, poll, stop, serviceNames, alice }) => {
        const { spawn_id } = await start({})
        await poll()
        expect(await stop({ server: alice, spawn_id, now: true })).toMatchObject({
          state: 'absent',
        })
        expect(await serviceNames()).toEqual([])
        // Once more: what was known is not there any more.
        expect(await stop({ server: alice, spawn_id, now: true })).toMatchObject({
          state: 'absent',
        })
      },
    )

    eachUser(
      'a server is forgotten with all others of its user, or alone',
      async ({ expect, start, serviceNames, alice, lab, other }) => {
        const [first, named, others] = await Promise.all([
          start({}),
          start({ server: lab }),
          start({ server: other }),
        ])
        const forget = async (server: object) =>
          (await send(world.service, 'forget', { server })).json()
        expect(await forget(lab)).toEqual({ removed: [named.service_name], failed: [] })
        expect(await forget({ username: alice.username })).toEqual({
          removed: [first.service_name],
          failed: [],
        })
        expect(await forget({ username: alice.username })).toEqual({ removed: [], failed: [] })
        expect(await serviceNames()).toEqual([others.service_name])
      },
    )

    eachUser(
      'a server belongs to its own hub only',
      async ({ expect, start, poll, stop, alice }) => {
        await start({})
        const other = { hub: 'other' } as const
        expect(await poll({ server: alice }, other)).toMatchObject({ state: 'absent' })
        expect(await stop({ server: alice }, other)).toMatchObject({ state: 'absent' })
        const problem = await refused(
          world.service,
          'start',
          { server: alice, config: notebook },
          other,
        )
        expect(problem).toMatchObject({ status: 409, code: 'name_taken', retryable: false })
        expect(await poll()).toMatchObject({ state: 'running' })
      },
    )
  })

  describe('a start', () => {
    eachUser(
      'a start that is sent again reports on the same service',
      async ({ expect, start }) => {
        const first = await start({ spawn_id: 'once', wait_s: 0 })
        const again = await start({ spawn_id: 'once' })
        expect(again).toMatchObject({ state: 'running', service_id: first.service_id })
      },
    )

    eachUser(
      'a start replaces an older one, and gives way to a newer one',
      async ({ expect, start, poll, alice }) => {
        const older = await start({ spawn_id: 'a', issued_at: 1000 })
        const newer = await start({ spawn_id: 'b', issued_at: 2000 })
        expect(newer).toMatchObject({ state: 'running', spawn_id: 'b' })
        expect(newer.service_id).not.toBe(older.service_id)
        const late = { server: alice, config: notebook, spawn_id: 'a', issued_at: 1000 }
        expect(await refused(world.service, 'start', late)).toMatchObject({
          status: 409,
          code: 'superseded',
        })
        expect(await poll()).toMatchObject({ state: 'running', spawn_id: 'b' })
      },
    )

    eachUser(
      'two starts of the same spawn at once make one service',
      async ({ expect, start, serviceNames }) => {
        const both = await Promise.all([start({ spawn_id: 'race' }), start({ spawn_id: 'race' })])
        expect(new Set(both.map(({ service_id }) => service_id)).size).toBe(1)
        expect(await serviceNames()).toHaveLength(1)
      },
    )

    eachUser(
      'a start never touches a service of somebody else',
      async ({ expect, stop, serviceNames, alice, owner }) => {
        const spec = {
          Name: `jupyter-${owner}-1`,
          TaskTemplate: { ContainerSpec: { Image: 'scenario/notebook:1' } },
          Mode: { Replicated: { Replicas: 0 } },
        }
        expect((await world.engine('POST', '/services/create', spec)).status).toBe(201)
        const problem = await refused(world.service, 'start', { server: alice, config: notebook })
        expect(problem).toMatchObject({ status: 409, code: 'name_taken' })
        expect(await stop()).toMatchObject({ state: 'absent' })
        expect(await serviceNames()).toEqual([`jupyter-${owner}-1`])
      },
    )

    eachUser(
      "a start whose image is missing fails with the Engine's words and leaves nothing",
      async ({ expect, start, serviceNames }) => {
        const failed = await start(withImage('scenario/nosuch:1'))
        expect(failed).toMatchObject({
          state: 'failed',
          status: 1,
          // Engines until 28.5 do not say why; newer ones asked a registry, and found none or nothing.
          reason: expect.stringMatching(
            /^No such image: scenario\/nosuch:1$|^failed to resolve reference "docker\.io\/scenario\/nosuch:1": /,
          ),
          user_message: expect.stringContaining('image'),
          task: { state: 'rejected' },
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      "a start whose bind source is missing fails with the Engine's words and leaves nothing",
      async ({ expect, start, serviceNames }) => {
        const mounts = [{ type: 'bind', source: '/exports/no/such/path', target: '/data' }]
        const failed = await start(withImage('scenario/notebook:1', { mounts }))
        expect(failed).toMatchObject({
          state: 'failed',
          reason:
            'invalid mount config for type "bind": bind source path does not exist: /exports/no/such/path',
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start for a platform that no node is of fails early and leaves nothing',
      async ({ expect, start, serviceNames }) => {
        const placement = { platforms: ['windows/amd64'] }
        const failed = await start({ config: { ...notebook, placement } })
        expect(failed).toMatchObject({
          state: 'failed',
          status: 1,
          reason: 'no suitable node (unsupported platform on 1 node)',
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start whose constraints no node meets fails early and leaves nothing',
      async ({ expect, start, serviceNames }) => {
        const failed = await start({ config: { ...notebook, placement: ['node.labels.gpu==yes'] } })
        expect(failed).toMatchObject({
          state: 'failed',
          status: 1,
          reason: 'no suitable node (scheduling constraints not satisfied on 1 node)',
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a short look at an earlier start, too, finds out that no node fits',
      async ({ expect, start, serviceNames }) => {
        const data = {
          spawn_id: 'again',
          config: { ...notebook, placement: ['node.labels.gpu==yes'] },
        }
        expect(await start({ ...data, wait_s: 0 })).toMatchObject({ state: 'starting' })
        const again = async () => (await start({ ...data, wait_s: 0.25 })).state
        await expect.poll(again, { timeout: 25_000, interval: 1000 }).toBe('failed')
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start that reserves more memory than any node has fails early and leaves nothing',
      async ({ expect, start, serviceNames }) => {
        const resource_spec = { mem_reservation: 900e9 }
        const failed = await start({ config: { ...notebook, resource_spec } })
        expect(failed).toMatchObject({
          state: 'failed',
          reason: 'no suitable node (insufficient resources on 1 node)',
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start of a server that exits at once fails with its exit code',
      async ({ expect, startUntilEnded, serviceNames }) => {
        const failed = await startUntilEnded(withImage('scenario/exit-3:1'))
        expect(failed).toMatchObject({
          state: 'failed',
          status: 3,
          reason: 'task: non-zero exit (3)',
        })
        expect(failed.log?.length).toBeGreaterThan(0)
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start of a server that ends well says that it ended well',
      async ({ expect, startUntilEnded, serviceNames }) => {
        const exited = await startUntilEnded(withImage('scenario/exit-0:1'))
        expect(exited).toMatchObject({ state: 'exited', status: 0, task: { state: 'complete' } })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start whose program is not there fails as a shell would say it',
      async ({ expect, startUntilEnded }) => {
        const failed = await startUntilEnded(withImage('scenario/bad-command:1'))
        expect(failed).toMatchObject({ state: 'failed', status: 127 })
      },
    )

    eachUser(
      'a start that has run out of time fails and leaves nothing',
      async ({ expect, start, serviceNames }) => {
        const healthcheck = { test: 'true', interval: '60s' }
        const failed = await start({ config: { ...notebook, healthcheck }, start_timeout: 6 })
        expect(failed).toMatchObject({ state: 'failed', status: 1 })
        expect(failed.reason).toMatch(
          /^Not running within 6 s: Waiting for the health check: it runs .* 60 seconds after /,
        )
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start goes on after the caller has waited long enough',
      async ({ expect, start, poll, alice }) => {
        const begun = await start({ wait_s: 0 })
        expect(begun).toMatchObject({ state: 'starting', status: null, url: null })
        let state = begun
        while (state.state === 'starting')
          state = await poll({ server: alice, cursor: state.cursor, wait_s: 20 })
        expect(state).toMatchObject({ state: 'running', service_id: begun.service_id })
      },
    )

    eachUser(
      'a start leaves nothing behind when the caller is gone',
      async ({ expect, serviceNames, alice }) => {
        const caller = new AbortController()
        const data = {
          server: alice,
          ...withImage('scenario/notebook:1', { placement: ['node.labels.gpu==yes'] }),
        }
        const waiting = send(world.service, 'start', data, { signal: caller.signal })
        await expect.poll(serviceNames).toHaveLength(1)
        caller.abort()
        await waiting.catch(() => {})
        await expect.poll(serviceNames).toEqual([])
      },
    )

    eachUser(
      'a start is answered when the server is stopped meanwhile',
      async ({ expect, start, poll, stop, serviceNames }) => {
        const waiting = start({ config: { ...notebook, placement: ['node.labels.gpu==yes'] } })
        await expect.poll(serviceNames).toHaveLength(1)
        await expect.poll(async () => (await poll()).task?.state).toBe('pending')
        await stop()
        expect(['stopping', 'absent']).toContain((await waiting).state)
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'a start after a stop waits until the old container is gone',
      async ({ expect, start, stop, alice }) => {
        const first = await start({})
        await stop({ server: alice, now: true })
        const second = await start({})
        expect(second.state).toBe('running')
        const tasks = v.parse(
          v.array(v.object({ ServiceID: v.string(), Status: v.object({ State: v.string() }) })),
          (await world.engine('GET', `/tasks`)).json,
        )
        // Swarm keeps the task of an ended container for a moment.
        const old = tasks.filter(({ ServiceID }) => ServiceID === first.service_id)
        expect(old.filter(({ Status }) => Status.State === 'running')).toEqual([])
      },
    )

    eachUser(
      'a start on a network that does not exist is refused',
      async ({ expect, serviceNames, alice }) => {
        const data = { server: alice, config: { ...notebook, networks: ['nosuch'] } }
        expect(await refused(world.service, 'start', data)).toMatchObject({
          status: 422,
          code: 'engine_network_not_found',
          detail: 'POST /services/create: network nosuch not found',
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser(
      'with a constraint that the Engine refuses is refused before it is asked, and with no other',
      async ({ expect, serviceNames, alice, owner }) => {
        const statusOf = async (constraint: string) => {
          const spec = {
            Name: `constraint-${owner}`,
            TaskTemplate: {
              ContainerSpec: { Image: 'scenario/notebook:1' },
              Placement: { Constraints: [constraint] },
            },
            Mode: { Replicated: { Replicas: 0 } },
          }
          const { status, json } = await world.engine('POST', '/services/create', spec)
          const made = v.safeParse(v.object({ ID: v.string() }), json)
          if (made.success) await world.engine('DELETE', `/services/${made.output.ID}`)
          return status
        }
        for (const text of TAKEN) expect([text, await statusOf(text)]).toEqual([text, 201])
        for (const [text] of REFUSED) expect([text, await statusOf(text)]).toEqual([text, 500])
        const placement = ['node.role==manager', 'node.role=manager']
        const data = { server: alice, config: { ...notebook, placement } }
        expect(await refused(world.service, 'start', data)).toMatchObject({
          status: 422,
          code: 'invalid_config',
          issues: [{ path: 'placement.1' }],
        })
        expect(await serviceNames()).toEqual([])
      },
    )

    eachUser('a start on a network of one machine is refused', async ({ expect, alice }) => {
      await world.engine('POST', '/networks/create', { Name: 'one-machine', Driver: 'bridge' })
      const data = { server: alice, config: { ...notebook, networks: ['one-machine'] } }
      const problem = await refused(world.service, 'start', data)
      expect(problem).toMatchObject({ status: 422, code: 'engine_forbidden' })
      expect(problem.detail).toMatch(/cannot be used with services/)
    })
  })

  describe('people with the admin token', () => {
    const see = (path: string) =>
      world.service.app.request(path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })

    eachUser(
      'people see a server in the list, by its name, in its log and in the metrics, as polls say',
      async ({ expect, start, poll, alice }) => {
        const { service_name } = await start({})
        const { task, url, spawn_id, cursor } = await poll()
        const server = { state: 'running', service_name, task, url, spawn_id, cursor }
        const listed = { ...server, hub: 'default', username: alice.username }
        const user = encodeURIComponent(alice.username)
        expect(await (await see(`/servers?user=${user}&node=${task?.node}`)).json()).toMatchObject({
          servers: [listed],
          next: null,
          unread: [],
        })
        expect(await (await see(`/servers/${service_name}`)).json()).toMatchObject(listed)
        const logs = await (await see(`/servers/${service_name}/logs`)).json()
        expect(logs).toMatchObject({ service_name, complete: true })
        const samples = readMetrics(await (await see('/metrics')).text())
        const labels = { hub: 'default', state: 'running', node: task?.node ?? '' }
        expect(sumOf(samples, 'swarmspawner_servers', labels)).toBeGreaterThan(0)
        expect(sumOf(samples, 'swarmspawner_node_memory_bytes')).toBeGreaterThan(2 ** 28)
      },
    )
  })

  describe('the URL of a server', () => {
    const listOf = async (owner: LiveUser['alice']) => {
      const all = await listServers(world.spawner, 'default', new AbortController().signal)
      return all.filter(({ username }) => username === owner.username)
    }
    const inspect = async (service: string | null) =>
      v.parse(Inspected, (await world.engine('GET', `/services/${service}`)).json)
    /** What an older version made: the same but for the alias, which it did not know. */
    const replaceByOlder = async (expect: ExpectStatic, id: string | null) => {
      const { Spec } = await inspect(id)
      await world.engine('DELETE', `/services/${id}`)
      const Networks = Spec.TaskTemplate.Networks.map(({ Aliases: _, ...network }) => network)
      const older = { ...Spec, TaskTemplate: { ...Spec.TaskTemplate, Networks } }
      const create = async () => (await world.engine('POST', '/services/create', older)).status
      await expect.poll(create).toBe(201)
    }

    eachUser(
      'the URL of a server is the same for start, poll, many polls, the list and explain',
      async ({ expect, start, poll, alice, lab }) => {
        const { url, service_id } = await start({ spawn_id: 'first' })
        const { hostname } = new URL(url ?? '')
        expect((await poll()).url).toBe(url)
        const polled = await send(world.service, 'poll', { servers: [lab, alice] })
        expect(await polled.json()).toMatchObject({ servers: [{ url: null }, { url }] })
        expect(await listOf(alice)).toMatchObject([{ url, service_id }])
        const explained = { server: alice, config: notebook, spawn_id: 'first' }
        expect(await (await send(world.service, 'explain', explained)).json()).toMatchObject({
          url,
          sources: { 'TaskTemplate.Networks.0.Aliases.0': 'hub' },
        })
        const { Networks } = (await inspect(service_id)).Spec.TaskTemplate
        expect(Networks.map(({ Aliases }) => Aliases)).toEqual([[hostname]])
        expect((await start({ spawn_id: 'first' })).url).toBe(url)
      },
    )

    for (const endpoint of ['dnsrr', 'vip'])
      eachUser(
        `the URL of a server is another one for each start, with ${endpoint}`,
        async ({ expect, start }) => {
          const config = { ...notebook, endpoint }
          const older = await start({ config, spawn_id: 'a', issued_at: 1000 })
          const newer = await start({ config, spawn_id: 'b', issued_at: 2000 })
          expect(newer).toMatchObject({ state: 'running', service_name: older.service_name })
          expect(newer.url).not.toBe(older.url)
        },
      )

    eachUser(
      'the host in the URL of a server is an alias beside those of the configuration',
      async ({ expect, start, owner }) => {
        const aliases = [`jupyter-${owner}-1`]
        const networks = [{ target: 'jupyterhub', aliases }]
        const { url, service_id } = await start({ config: { ...notebook, networks } })
        const { Networks } = (await inspect(service_id)).Spec.TaskTemplate
        expect(Networks[0]?.Aliases).toEqual([...aliases, new URL(url ?? '').hostname])
      },
    )

    eachUser(
      'the URL of a server has the name of the service if the hub says so',
      async ({ expect, start, poll, owner }) => {
        const { url, service_id } = await start({ config: { ...notebook, url_host: 'service' } })
        expect(url).toBe(`http://jupyter-${owner}-1:8888`)
        const { Networks } = (await inspect(service_id)).Spec.TaskTemplate
        expect(Networks.flatMap(({ Aliases }) => Aliases)).toEqual([undefined])
        // The setting may change while a server runs: that one stays where it is.
        expect((await poll()).url).toBe(url)
      },
    )

    eachUser(
      'the URL of a server of a server that an older version started has the name of its service',
      async ({ expect, start, poll, stop, alice, owner }) => {
        const { service_id } = await start({ spawn_id: 'older' })
        await replaceByOlder(expect, service_id)
        await expect
          .poll(() => poll(), { timeout: 20_000 })
          .toMatchObject({ state: 'running', url: `http://jupyter-${owner}-1:8888` })
        expect(await start({ spawn_id: 'older' })).toMatchObject({
          url: `http://jupyter-${owner}-1:8888`,
        })
        expect(await listOf(alice)).toMatchObject([{ url: `http://jupyter-${owner}-1:8888` }])
        expect(await stop()).toMatchObject({ state: 'absent' })
      },
    )
  })

  describe('a network', () => addressCases(() => world, eachUser))

  describe('a crash loop', () => {
    eachUser(
      'a crash loop under a restart policy is starting, with the reason, for as long as Swarm tries',
      async ({ expect, start, poll, stop }) => {
        const restart_policy = { condition: 'on-failure', delay: '1s' }
        const config = { ...withImage('scenario/exit-3:1').config, restart_policy }
        await start({ config, wait_s: 0 })
        await expect
          .poll(async () => (await poll()).reason, { timeout: 15_000 })
          .toBe('task: non-zero exit (3)')
        expect(await poll()).toMatchObject({ status: null })
        expect(await stop()).toMatchObject({ state: 'absent' })
      },
    )
  })

  describe('a poll', () => {
    eachUser('a poll of many servers answers in order', async ({ expect, start, alice, lab }) => {
      await start({ server: lab })
      const response = await send(world.service, 'poll', { servers: [alice, lab] })
      const { servers } = v.parse(
        v.object({ servers: v.array(ServerState), cursor: v.string() }),
        await response.json(),
      )
      expect(servers.map(({ state }) => state)).toEqual(['absent', 'running'])
    })

    eachUser(
      'a poll with a cursor returns at the next change, and no sooner',
      async ({ expect, start, poll, stop, alice }) => {
        const running = await start({})
        const wait = { server: alice, cursor: running.cursor, wait_s: 1 }
        const before = performance.now()
        expect((await poll(wait)).cursor).toBe(running.cursor)
        expect(performance.now() - before).toBeGreaterThan(900)
        const waiting = poll({ ...wait, wait_s: 20 })
        await stop({ server: alice, now: true })
        expect(['stopping', 'absent']).toContain((await waiting).state)
      },
    )

    eachUser(
      'a poll finds a server that was started under a former prefix',
      async ({ expect, start, poll, stop, serviceNames, owner }) => {
        const config = { ...notebook, service_prefix: 'former' }
        const started = await start({ config })
        expect(started.service_name).toBe(`former-${owner}-1`)
        expect(await poll()).toMatchObject({ state: 'running', service_id: started.service_id })
        expect(await stop()).toMatchObject({ state: 'absent' })
        expect(await serviceNames()).toEqual([])
      },
    )
  })

  describe('the settings', () => {
    eachUser(
      'the settings reach the Engine as they were meant',
      async ({ expect, start, owner }) => {
        const container_spec = {
          Image: 'scenario/notebook:1',
          args: 'httpd -f -p 8888 -h /www',
          workdir: '/tmp',
          mounts: [
            { type: 'volume', source: 'work-{username}', target: '/work' },
            { type: 'volume', target: '/scratch' },
            { type: 'tmpfs', target: '/shm', tmpfs_size: 8388608 },
            { type: 'bind', source: '/srv', target: '/host', read_only: true },
          ],
        }
        const resource_spec = { cpu_limit: 5e8, mem_limit: 64e6, mem_reservation: 8e6 }
        const config = {
          ...notebook,
          container_spec,
          resource_spec,
          placement: ['node.role==manager'],
        }
        const started = await start({ config, env: { NAME: '{{ jinja }}' } })
        expect(started.state).toBe('running')
        const { json } = await world.engine('GET', `/services/${started.service_id}`)
        expect(json).toMatchObject({
          Spec: {
            EndpointSpec: { Mode: 'dnsrr' },
            TaskTemplate: {
              ContainerSpec: {
                Args: ['httpd', '-f', '-p', '8888', '-h', '/www'],
                Dir: '/tmp',
                Env: ['NAME={{"{{"}} jinja }}'],
                Init: true,
                Mounts: [
                  { Type: 'volume', Source: `work-${owner}`, Target: '/work' },
                  { Type: 'volume', Target: '/scratch' },
                  { Type: 'tmpfs', Target: '/shm', TmpfsOptions: { SizeBytes: 8388608 } },
                  { Type: 'bind', Source: '/srv', Target: '/host', ReadOnly: true },
                ],
              },
              Resources: {
                Limits: { NanoCPUs: 5e8, MemoryBytes: 64e6 },
                Reservations: { MemoryBytes: 8e6 },
              },
              RestartPolicy: { Condition: 'none' },
              Placement: { Constraints: ['node.role==manager'] },
            },
          },
        })
      },
    )
  })

  test.concurrent('an image is pulled ahead, tried again where it failed, and no longer due', async ({
    expect,
  }) => pullCases(world, expect))

  describe('a node that is drained', () => drainCases(() => world))
}
