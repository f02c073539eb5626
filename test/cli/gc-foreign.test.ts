import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createService, listServices } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { runCommand } from '../support/run-command.ts'
import { startServer } from '../support/start-server.ts'

const TOKEN = 'token-of-alice'

let spawner: Spawner
let env: Record<string, string>
/** An Engine with a server of ours, and two of other spawners. */
beforeEach(async () => {
  const directory = temporaryDirectory()
  const engine = createEmbeddedEngine({ speed: 50 })
  const listening = await listenEmbedded(engine, `unix://${join(directory, 'e.sock')}`)
  onTestFinished(listening.close)
  spawner = createSpawner(engine.transport)
  env = { DOCKER_HOST: listening.dockerHost, HOME: directory }
  await startServer(spawner, { username: 'alice' })
  await make('jupyter-alice', 'alice')
  await make('jupyter-bob', 'bob\u001b[31m')
})

const make = (name: string, user: string) =>
  createService(spawner.docker, {
    spec: {
      Name: name,
      TaskTemplate: {
        ContainerSpec: {
          Image: 'demo/notebook:1',
          Env: [`JUPYTERHUB_API_TOKEN=${TOKEN}`, `JUPYTERHUB_USER=${user}`, 'JUPYTER_IMAGE_SPEC=a'],
        },
      },
    },
  })
const services = async () =>
  (await listServices(spawner.docker)).map(({ Spec }) => Spec.Name).sort()

const gc = async (...args: string[]) => {
  const done = await runCommand(['gc', ...args], env)
  expect(done.out + done.err).not.toContain(TOKEN)
  return done
}

describe('swarmspawner gc --foreign', () => {
  test('lists the servers of other spawners on one line each, and removes none', async () => {
    const { code, out } = await gc('--foreign')
    expect(code).toBe(0)
    expect(out).toMatch(/^USER +SERVER +SPAWNER +HUB +SINCE +STATE +NODE +SERVICE +OUTCOME$/m)
    expect(out).toMatch(/^alice +- +dockerspawner +- .* jupyter-alice +listed$/m)
    expect(out).toMatch(/^bob\ufffd\[31m .* jupyter-bob +listed$/m)
    expect(out).toContain('--remove <service> removes one; its volumes stay.')
    expect(await services()).toHaveLength(3)
  })

  test('removes what is named, and says nothing is left afterwards', async () => {
    const { code, out } = await gc('--foreign', '--remove', 'jupyter-bob')
    expect(code).toBe(0)
    expect(out).toMatch(/ jupyter-alice +listed$/m)
    expect(out).toMatch(/ jupyter-bob +removed$/m)
    expect(await services()).not.toContain('jupyter-bob')
    const json = await gc('--foreign', '--remove', 'jupyter-alice', '--json')
    expect(JSON.parse(json.out)).toMatchObject([
      { service_name: 'jupyter-alice', username: 'alice', outcome: 'removed' },
    ])
    expect((await gc('--foreign')).out).toBe('No other spawner has servers in this swarm.\n')
    expect(await services()).toHaveLength(1)
  })

  test.each([
    [['--foreign', '--yes'], '--yes: name each service of another spawner with --remove'],
    [['--remove', 'jupyter-bob'], '--remove: only with --foreign'],
    [['--foreign', '--remove', 'jupyter'], '--remove jupyter: no server of another spawner'],
    [['--foreign', '--remove', ''], '--remove : no server of another spawner'],
  ])('%j is refused, and removes nothing', async (args, message) => {
    const { code, err } = await gc(...args)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(await services()).toHaveLength(3)
  })

  test('removes no server of ours, also if one name of several is right', async () => {
    const [ours = ''] = (await services()).filter((name) => name.endsWith('-1'))
    const { code } = await gc('--foreign', '--remove', 'jupyter-bob', '--remove', ours)
    expect(code).toBe(2)
    expect(await services()).toHaveLength(3)
  })
})
