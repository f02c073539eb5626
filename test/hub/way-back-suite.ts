import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchPeers } from '../../bench/hub/fetch-peers.ts'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { type Hub, startHub } from '../../lab/hub/start-hub.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { runCommand } from '../support/run-command.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { configOf } from './hub-world.ts'
import { swarmView } from './swarm-view.ts'

const USER = 'ada@x.org'
const OLD_SERVICE = 'jupyter-ada-40x-2eorg'
const VOLUME = 'home-ada-40x-2eorg'
const STACK = 'moving'
const NOTE = '/home/jovyan/work/note'

/** A hub's database and its users' homes, with a real dockerspawner before and after. */
export const wayBackSuite = (engine: () => RealEngine, release: Release): void => {
  let hub: Hub
  let client: HubClient
  let swarm: ReturnType<typeof swarmView>
  beforeAll(async () => {
    hub = await startHub({
      engine: engine(),
      release,
      port: 0,
      stack: STACK,
      extraConfig: configOf('way_back_config.py'),
      env: { SPAWNER: 'dockerspawner' },
      hubVolumes: [
        `${engine().socketPath}:/var/run/docker.sock`,
        `${await fetchPeers()}:/srv/peers:ro`,
      ],
    })
    client = hubClient(hub)
    swarm = swarmView(hub.docker)
  }, 240_000)
  afterAll(() => hub?.stop(), 60_000)

  const changeTo = async (spawner: string) => {
    const env = ['--env-add', `SPAWNER=${spawner}`]
    await hub.docker(['service', 'update', '--detach', ...env, hub.hubServiceName])
    await hub.restartHub()
  }
  const startServer = async () => {
    await client.request({ user: USER })
    const isReady = async () => (await client.servers(USER))['']?.ready ?? false
    await expect.poll(isReady, { timeout: 90_000 }).toBe(true)
  }
  const inServer = async (service: string, command: string): Promise<string> => {
    const [container = ''] = await swarm.containers(service)
    return hub.docker(['exec', '--user', '0', container, 'sh', '-c', command])
  }
  const program = (...args: string[]) => runCommand(args, { DOCKER_HOST: engine().dockerHost })
  const ours = async () => (await swarm.names('jupyter-')).filter((name) => name !== OLD_SERVICE)

  test('a hub moves from dockerspawner to SwarmSpawner and back, and no home is lost', async () => {
    await startServer()
    await inServer(OLD_SERVICE, `echo before > ${NOTE}`)

    const wrong = join(temporaryDirectory(), 'wrong.json')
    writeFileSync(wrong, JSON.stringify({ mounts: ['home-{username}:/home/jovyan/work'] }))
    const to = ['--user', USER, '--image', hub.images.server, '--network', hub.networkName]
    const { out } = await program('explain', ...to, '--config', wrong)
    expect(out).toMatch(new RegExp(`but ${VOLUME} does, .*write \\{escaped_username\\} in mounts`))

    await changeTo('swarmspawner')
    expect(await hub.logs()).toMatch(
      new RegExp(
        `${USER}: was started by dockerspawner.* Its service ${OLD_SERVICE} .* may run on`,
      ),
    )
    expect(await client.servers(USER)).toEqual({})
    const listed = await program('gc', '--foreign')
    expect(listed.out).toMatch(
      new RegExp(`^${USER} +- +dockerspawner +http\\S+ .* running .* ${OLD_SERVICE} +listed$`, 'm'),
    )
    const removed = await program('gc', '--foreign', '--remove', OLD_SERVICE)
    expect(removed.out).toMatch(new RegExp(` ${OLD_SERVICE} +removed$`, 'm'))
    await startServer()
    const [service = ''] = await ours()
    expect(await inServer(service, `cat ${NOTE}; echo here >> ${NOTE}`)).toBe('before')

    await changeTo('dockerspawner')
    expect(await client.servers(USER)).toEqual({})
    // As docs/move.md says: what this hub has left, since its database has another spawner again.
    expect((await program('stop', '--user', USER, '--hub', STACK)).code).toBe(0)
    await startServer()
    expect(await inServer(OLD_SERVICE, `cat ${NOTE}`)).toBe('before\nhere')
    expect(await ours()).toEqual([])
    expect(await swarm.volumes()).toContain(VOLUME)
  }, 600_000)
}
