import { beforeEach, describe, expect, test } from 'vitest'
import { changeNode } from '../../src/docker/change-node.ts'
import { listNodes } from '../../src/docker/nodes.ts'
import { createService } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { runCommand } from '../support/run-command.ts'
import { startServer } from '../support/start-server.ts'

let spawner: Spawner
let dockerHost: string
beforeEach(async () => {
  const engine = createEmbeddedEngine({ speed: 50, nodes: 2 })
  spawner = createSpawner(engine.transport)
  const listening = await listenEmbedded(engine, 'tcp://127.0.0.1:0')
  ;({ dockerHost } = listening)
  return listening.close
})

const drain = (...args: string[]) =>
  runCommand(['drain', ...args], { DOCKER_HOST: dockerHost, TZ: 'Europe/Berlin' })
const availabilities = async () =>
  (await listNodes(spawner.docker)).map(({ Spec }) => Spec.Availability)

describe('swarmspawner drain', () => {
  test('it says what happens, and when; --undo takes all back', async () => {
    for (const username of ['alice', 'bob', 'carol']) await startServer(spawner, { username })
    const { length: servers } = (await spawner.lookAround()).servers.filter(
      ({ state }) => state.task?.node === 'embedded-2',
    )
    const { code, out } = await drain(
      'embedded-2',
      '--at',
      new Date(Date.now() + 86_400_000).toISOString(),
      '--message',
      'New <b>disks</b>',
    )
    expect(code).toBe(0)
    expect(out).toMatch(
      new RegExp(
        `^embedded-2 takes no new servers\\. ${servers} servers? there: stopped at \\S+ \\S+ Europe/Berlin \\(\\S+ \\S+ UTC\\)`,
      ),
    )
    expect(out).toContain('Users are told within a minute: New <b>disks</b>\n')
    expect(await availabilities()).toEqual(['active', 'pause'])
    const id = /swarmspawner drain (\w+) --undo/.exec(out)?.[1] ?? ''
    expect((await drain(id, '--undo')).out).toBe(
      'embedded-2: the maintenance is taken back; its availability is active\n',
    )
    expect(await availabilities()).toEqual(['active', 'active'])
    expect((await drain('embedded-2', '--undo')).out).toBe(
      'embedded-2 has no maintenance; its availability is active\n',
    )
  })

  test('without a time it drains at once, and names what else runs there', async () => {
    const Placement = { Constraints: ['node.hostname==embedded-2'] }
    const ContainerSpec = { Image: 'lab/hub:1' }
    const Mode = { Replicated: { Replicas: 1 } }
    await createService(spawner.docker, {
      spec: { Name: 'jupyter_hub', TaskTemplate: { ContainerSpec, Placement }, Mode },
    })
    const { out } = await drain('embedded-2')
    expect(out).toContain('stopped now')
    expect(out).toContain(
      'Swarm moves what else runs there now, if another node can run it: jupyter_hub\n',
    )
    expect(await availabilities()).toEqual(['active', 'drain'])
  })

  test('a node that somebody else has paused or drained is so again after --undo, and the command says so', async () => {
    const [, node] = await listNodes(spawner.docker)
    const set = (Availability: 'pause' | 'drain') =>
      changeNode(spawner.docker, {
        id: node?.ID ?? '',
        change: (spec) => ({ ...spec, Availability }),
      })
    for (const availability of ['pause', 'drain'] as const) {
      await set(availability)
      const words = `Somebody has set its availability to ${availability} before; --undo leaves it so.\n`
      expect((await drain('embedded-2', '--at', '2h')).out).toContain(words)
      // The second time, it is our own pause.
      expect((await drain('embedded-2', '--at', '3h')).out).not.toContain('Somebody')
      expect((await drain('embedded-2', '--undo')).out).toContain(
        `availability is ${availability}\n`,
      )
      expect(await availabilities()).toEqual(['active', availability])
    }
  })

  test('the last manager is drained only if that is meant', async () => {
    const refused = await drain('embedded', '--at', '2h')
    expect(refused).toMatchObject({ code: 2, out: '' })
    expect(refused.err).toContain('embedded is the last manager that takes tasks')
    expect(await availabilities()).toEqual(['active', 'active'])
    expect((await drain('embedded', '--at', '2h', '--force')).code).toBe(0)
    expect(await availabilities()).toEqual(['pause', 'active'])
    expect((await drain('embedded', '--undo')).code).toBe(0)
    expect(await availabilities()).toEqual(['active', 'active'])
  })

  test('of an Engine that is away nothing is known, and nothing is said', async () => {
    const away = await runCommand(['drain', 'embedded-2', '--at', '2h'], {
      DOCKER_HOST: 'tcp://127.0.0.1:1',
    })
    expect(away).toMatchObject({ code: 3, out: '' })
    expect(away.err).toContain('127.0.0.1:1')
    expect(await availabilities()).toEqual(['active', 'active'])
  })

  test.each([
    [['nosuch'], 'the swarm has no node nosuch'],
    [['embedded-2', '--at', '25:00'], '--at 25:00'],
    [['embedded-2', '--at', 'tomorrow'], '--at tomorrow: write a time of day such as 18:00'],
    [['embedded-2', '--at', '2020-01-01T18:00'], 'that time is over'],
    [['embedded-2', '--message', 'a\nb'], '--message'],
    [['embedded-2', '--undo', '--at', '18:00'], '--undo'],
    [[], "missing required argument 'node'"],
  ])('%j is refused, and changes nothing', async (args, words) => {
    const { code, err } = await drain(...args)
    expect(code).toBe(2)
    expect(err).toContain(words)
    expect(await availabilities()).toEqual(['active', 'active'])
  })
})
