import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { startHub } from '../../lab/hub/start-hub.ts'
import { sentenceOn } from '../../src/spawner/state/user-message.ts'
import { fault, type Seen, timed } from '../faults/fault-row.ts'
import { countInWords } from '../faults/in-words.ts'
import { hubClient } from './hub-client.ts'
import { configOf, type HubWorld, openHubWorld } from './hub-world.ts'

const extraConfig = configOf('truth_config.py')
const serviceOf = (user: string) => `jupyter-${createHash('md5').update(user).digest('hex')}-1`

/** A hub of 6 starts in 15 s where other files of tests run beside this one. */
const PATIENCE_MS = 120_000

/** The truth towards the hub: what fails leaves nothing and says why, and no restart of anything loses a server. */
export const truthSuite = (engine: () => RealEngine, release: Release): void => {
  let hub: HubWorld['hub']
  let client: HubWorld['client']
  let swarm: HubWorld['swarm']
  beforeAll(async () => {
    ;({ hub, client, swarm } = await openHubWorld(engine(), release, extraConfig))
  }, 180_000)
  afterAll(() => hub?.stop(), 60_000)

  const servers = () => swarm.names('jupyter-')
  /** A test that is a row of docs/faults.md too, where it runs on the newer of the hubs. */
  const row = (name: string, withinS: number, run: () => Promise<Seen>) => {
    if (release === '5.2') fault('As the hub sees it', name, { withinS }, run)
    else test(name, { timeout: PATIENCE_MS }, async () => void (await run()))
  }
  /** A start that must fail: what its user reads, and what is left. */
  const fails = (name: string, user: string, withinS: number, reason: string | RegExp) =>
    row(name, withinS, async () => {
      const { value: message, seconds } = await timed(() =>
        client.start({ user }).then(
          () => 'it started',
          (error: Error) => error.message,
        ),
      )
      expect(message).toMatch(reason)
      await expect.poll(servers, { timeout: 20_000 }).toEqual([])
      const answer = 'the hub says why the start failed'
      const left = countInWords((await servers()).length)
      return { answer, user_message: sentenceOf(message), seconds, left }
    })

  describe('a start that fails', () => {
    afterEach(async () => {
      await expect.poll(servers, { timeout: 20_000 }).toEqual([])
    })

    fails('the image is missing', 'missing', 5, sentenceOn('not_told'))
    fails('no node has as much memory', 'greedy', 10, sentenceOn('no_room'))
    fails(
      'the server ends at once',
      'crash',
      8,
      'The program of your server ended with an error (exit code 3). Please try again.',
    )
    test('a start that fails leaves the words of the Engine in the log of the hub', async () => {
      const logs = await hub.logs()
      for (const reason of [
        'No such image: no/such-image:1',
        'no suitable node (insufficient resources on 1 node)',
        'task: non-zero exit (3)',
      ])
        expect(logs).toContain(reason)
    })
    test('a start that fails is forgotten by the hub', async () => {
      for (const user of ['missing', 'greedy', 'crash'])
        await expect.poll(() => client.servers(user)).toEqual({})
    })

    test('a start that fails leaves the last lines of the server in the log of the hub', async () => {
      expect(await hub.logs()).toContain('no module named lab')
    })

    fails(
      'its port never opens (http_timeout 3)',
      'silent',
      10,
      'Your server was started, but did not answer in time. Please try again.',
    )
    fails('its time is over (start_timeout 3)', 'waiting', 6, sentenceOn('no_node_fits'))

    test('a start whose time is over leaves the words of the Engine in the log of the hub', async () => {
      const logs = await hub.logs()
      expect(logs).toMatch(
        /runs, but does not answer at http:\/\/jupyter-\S* within 3 seconds .*http_timeout/,
      )
      expect(logs).toContain(
        'did not start within 3 seconds (start_timeout): no suitable node (scheduling constraints',
      )
    })

    // Before 5.1 a hub does not let a start be stopped.
    if (release !== '3.0')
      test('a start that fails because it is stopped leaves nothing', async () => {
        const { status } = await Promise.race([
          client.request({ user: 'late' }),
          sleep(1500, { status: 202 }),
        ])
        expect(status).toBe(202)
        await expect.poll(servers).toEqual([serviceOf('late')])
        expect((await client.stop({ user: 'late' })).status).toBeLessThan(300)
      })
  })

  describe('a server that runs', () => {
    const alice = { user: 'alice' }
    let id: string
    const scale = async (replicas: number) => {
      await hub.docker(['service', 'scale', '--detach', `${hub.spawnerServiceName}=${replicas}`])
      const containers = () => swarm.containers(hub.spawnerServiceName)
      await expect.poll(containers, { timeout: 20_000 }).toHaveLength(replicas)
    }
    const isKept = async () => {
      expect(await client.isReady(alice)).toBe(true)
      expect((await client.ask(alice, 'api')).status).toBe(200)
      expect((await swarm.inspect(serviceOf('alice'))).ID).toBe(id)
    }
    /** Something happens to hub, service or Engine, and the server is the same after. */
    const keeps = (name: string, by: () => Promise<unknown>) =>
      row(name, 60, async () => {
        const { seconds } = await timed(async () => {
          await by()
          await isKept()
        })
        return { answer: 'the server is ready, and answers', seconds, left: 'the same server' }
      })
    const isBack = () => expect.poll(() => client.isReady(alice), { timeout: 30_000 }).toBe(true)
    beforeAll(async () => {
      await client.start(alice)
      id = (await swarm.inspect(serviceOf('alice'))).ID
    }, 60_000)

    keeps('our service is away', async () => {
      await scale(0)
      await expect
        .poll(() => hub.logs(), { timeout: 20_000 })
        .toContain('the SwarmSpawner service does not say whether it runs')
      await sleep(3000)
      await isKept()
      await scale(1)
    })

    for (const how of ['update', 'kill'] as const)
      keeps(
        `the hub is ${how === 'kill' ? 'killed' : 'replaced (docker service update)'}`,
        async () => {
          await hub.restartHub(how)
          await isBack()
        },
      )

    keeps('the hub is killed while our service is away', async () => {
      await scale(0)
      await hub.restartHub('kill')
      await isBack()
      await scale(1)
      await sleep(5000)
    })

    keeps('the hub is killed while the Engine is away', async () => {
      const env = (change: string) =>
        hub.docker(['service', 'update', '--quiet', change, hub.spawnerServiceName])
      await env('--env-add=DOCKER_HOST=tcp://127.0.0.1:1')
      await hub.restartHub('kill')
      await isBack()
      await sleep(5000)
      await isKept()
      await env('--env-rm=DOCKER_HOST')
    })

    test('a server that dies is noticed, with its exit code, and its service is removed', async () => {
      const [container = ''] = await swarm.containers(serviceOf('alice'))
      await hub.docker(['kill', container])
      await expect.poll(() => client.servers('alice'), { timeout: 20_000 }).toEqual({})
      expect(await servers()).toEqual([])
      expect(await hub.logs()).toContain('task: non-zero exit (137)')
    })

    test('after a stop and a start at once, the server that runs is the new one', async () => {
      for (let round = 0; round < 3; round++) {
        await client.start(alice)
        const { ID } = await swarm.inspect(serviceOf('alice'))
        expect(ID).not.toBe(id)
        id = ID
        for (let asked = 0; asked < 10; asked++) {
          expect((await client.ask(alice, 'api')).status).toBe(200)
          await sleep(100)
        }
        expect((await client.stop(alice)).status).toBe(204)
        expect(await servers()).toEqual([])
      }
    })
  })

  row('the hub is killed in the middle of a start', 60, async () => {
    const late = { user: 'late-too' }
    client.request(late).catch(() => {})
    await expect.poll(servers, { timeout: 10_000 }).toEqual([serviceOf('late-too')])
    const { ID } = await swarm.inspect(serviceOf('late-too'))
    const { seconds } = await timed(async () => {
      await hub.restartHub('kill')
      await expect.poll(() => client.isReady(late), { timeout: 40_000 }).toBe(true)
    })
    expect((await swarm.inspect(serviceOf('late-too'))).ID).toBe(ID)
    expect((await client.ask(late, 'api')).status).toBe(200)
    expect((await client.stop(late)).status).toBe(204)
    const left = countInWords((await servers()).length)
    expect(left).toBe('nothing')
    return { answer: 'the server becomes ready, by the same service', seconds, left }
  })

  test('a server that was deleted for good was stopped, and nobody is asked to forget it', async () => {
    const named = { user: 'alice', name: 'short-lived' }
    await client.start(named)
    const path = '/users/alice/servers/short-lived'
    expect((await client.api('DELETE', path, { remove: true })).status).toBeLessThan(300)
    expect(await servers()).toEqual([])
    expect(Object.keys(await client.servers('alice'))).not.toContain('short-lived')
    expect(await hub.logs('swarmspawner')).not.toContain('POST /forget')
  })

  // Their Swarm keeps them apart, and 5.2 runs on the same Engine as 6.1.
  if (release === '5.2') return
  // It starts a second hub, which takes as long as the first one did.
  test('two hubs in one swarm do not see each other', { timeout: 2 * PATIENCE_MS }, async () => {
    const config = `${extraConfig}\nc.SwarmSpawner.service_prefix = 'other'\n`
    const options = { engine: engine(), release, port: 0, stack: 'other-hub' }
    const other = await startHub({ ...options, extraConfig: config, images: hub.images })
    try {
      const bob = { user: 'bob' }
      await client.start(bob)
      await hubClient(other).start(bob)
      expect(await servers()).toEqual([serviceOf('bob')])
      await other.restartHub('kill')
      expect((await hubClient(other).stop(bob)).status).toBe(204)
      expect(await swarm.names('other-')).not.toContain(
        serviceOf('bob').replace('jupyter', 'other'),
      )
      expect((await client.ask(bob, 'api')).status).toBe(200)
      await client.stop(bob)
    } finally {
      await other.stop()
    }
  })
}

/** The sentence alone, in words that are the same in each run. */
const sentenceOf = (message: string): string =>
  message
    .replace(/^.*"message":"(.*)"\}$/s, '$1')
    .replace(/jupyter-[0-9a-f]{8}-1-[0-9a-f]{30}/, 'jupyter-…')
    .replace(/\d+(\.\d+){3}/, '…')
