import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { oldPythons } from '../../lab/hub/old-pythons.ts'
import { startHub } from '../../lab/hub/start-hub.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { configOf, type HubWorld } from './hub-world.ts'
import { swarmView } from './swarm-view.ts'

const ENGINE = '28.5'
const RELEASE = '5.5'
/** The virtual environment with the same JupyterHub as the hub's image. */
const OLD = 'old-14'
const CONFIGS = join(import.meta.dirname, 'moving_in')

let engine: RealEngine
let hub: HubWorld['hub']
let client: HubClient
let swarm: HubWorld['swarm']

/** The directory of the old spawners' packages. */
const oldPackages = async (): Promise<string> => {
  const found = oldPythons()
  if ('reason' in found) throw new Error(found.reason)
  const python = found.old.find(({ command }) => command.includes(OLD))
  if (!python) throw new Error(`${OLD} is not in old-spawners.ts`)
  const [program, ...args] = python.command
  const print = 'import dockerspawner; print(dockerspawner.__file__)'
  const { stdout } = await promisify(execFile)(program, [...args, '-c', print])
  return dirname(dirname(stdout.trim()))
}

const inHub = async (...command: string[]): Promise<string> => {
  const [container = ''] = await swarm.containers(hub.hubServiceName)
  return hub.docker(['exec', container, ...command])
}

/** Restarts the hub with another configuration. The database stays. */
const restartWith = async (configuration: string): Promise<void> => {
  await inHub('sh', '-c', `echo ${configuration} > data/configuration`)
  await hub.restartHub()
}

beforeAll(async () => {
  engine = await startHubEngine([RELEASE], ENGINE)
  hub = await startHub({
    engine,
    release: RELEASE,
    port: 0,
    endpointMode: 'dnsrr',
    extraConfig: configOf('moving_in/moving_config.py'),
    hubVolumes: [
      `${await oldPackages()}:/srv/old:ro`,
      `${CONFIGS}:/srv/configs:ro`,
      `${engine.socketPath}:/var/run/docker.sock`,
    ],
  })
  client = hubClient(hub)
  swarm = swarmView(hub.docker)
}, 400_000)
afterAll(async () => {
  await hub?.stop()
  await engine?.stop()
}, 120_000)

const serviceOf = (prefix: string, user: string) =>
  `${prefix}-${createHash('md5').update(user).digest('hex')}-1`

const isPending = async () => Boolean((await client.servers('ada'))['']?.pending)

const SPAWNERS = [
  { old: 'dockerspawner', oldService: 'jupyter-ada', newService: serviceOf('jupyter', 'ada') },
  { old: 'ucphhpc', oldService: 'lab-ada-1', newService: serviceOf('lab', 'ada') },
]

test.each(SPAWNERS)(
  '$old: a hub with its database and its homes moves in, and nobody loses a file',
  {
    timeout: 400_000,
  },
  async ({ old, oldService, newService }) => {
    await restartWith(`/srv/configs/${old}_config.py`)
    await client.start({ user: 'ada' })
    const [before = ''] = await swarm.containers(oldService)
    await hub.docker(['exec', before, 'sh', '-c', `echo ${old} > /home/jovyan/${old}.txt`])
    const wanted = await swarm.inspect(oldService)

    const moved = `/srv/jupyterhub/data/${old}_moved.py`
    const migrate = ['python3', '-m', 'swarmspawner', 'migrate']
    await inHub(...migrate, `/srv/configs/${old}_config.py`, '--write', moved)
    await restartWith(moved)
    const log = await hub.logs()
    expect(log.slice(log.lastIndexOf('Running JupyterHub version'))).not.toContain('Traceback')
    // A hub that starts looks at each server of its database.
    await expect.poll(isPending, { timeout: 60_000 }).toBe(false)
    expect(await client.isReady({ user: 'ada' })).toBe(false)

    await client.start({ user: 'ada' })
    const [after = ''] = await swarm.containers(newService)
    expect(await hub.docker(['exec', after, 'cat', `/home/jovyan/${old}.txt`])).toBe(old)
    const found = await swarm.inspect(newService)
    const { Args, Image, Mounts, User } = wanted.Spec.TaskTemplate.ContainerSpec
    expect(found.Spec.TaskTemplate.ContainerSpec).toMatchObject({ Args, Image, Mounts, User })
    expect(found.Spec.TaskTemplate.Networks.length).toBe(wanted.Spec.TaskTemplate.Networks.length)
    await client.stop({ user: 'ada' })
    // What the old spawner left goes on, until somebody removes it.
    expect(await swarm.names(oldService)).toEqual([oldService])
    await hub.docker(['service', 'rm', oldService])
  },
)
