import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { askEngine } from './call-engine.ts'
import { type Dockerd, startDockerd } from './dockerd.ts'
import { type EngineNamespace, openEngineNamespace } from './engine-namespace.ts'
import { type KeptImage, layImages } from './lay-images.ts'

/** '20.10' is the Engine that Debian bookworm installs. The others are fetched from later suites. */
export const REAL_ENGINES = ['20.10', '26.1', '28.5'] as const
export type EngineVersion = (typeof REAL_ENGINES)[number]

/** A Docker Engine of its own, with its own data and network, which only we can see. */
export interface RealEngine {
  version: EngineVersion
  /** A unix socket. Paths of requests may have an API version or none. */
  socketPath: string
  /** The value for DOCKER_HOST. */
  dockerHost: string
  /** Its address in its own network, which nobody outside reaches. */
  address: string
  namespace: EngineNamespace
  /** The process id of dockerd on the host. */
  pid(): number
  /** Sends SIGKILL to dockerd only: its containers go on, its socket file stays and refuses connections. */
  kill(): Promise<void>
  /** Sends SIGSTOP to dockerd, and waits until it has stopped: like a machine that hangs, it accepts connections and says nothing. */
  freeze(): Promise<void>
  /** Sends SIGCONT: dockerd goes on with what it was asked in between. */
  thaw(): void
  /** Kills dockerd and starts it again on the same data; swarm calls may need 2 to 12 s more. */
  restart(): Promise<void>
  /** Kills everything and removes every trace; may be called twice. */
  stop(): Promise<void>
}

export interface EngineOptions {
  version: EngineVersion
  /** Makes it the manager of its own swarm; true by default. */
  swarm?: boolean
  hostname?: string
  address?: string
  /** More arguments for dockerd. */
  args?: readonly string[]
  /** The images that it has from the start. */
  images?: readonly KeptImage[]
}

/** The directory where fetched programs are kept between runs. */
export const labCache = resolve(process.env.SWARMSPAWNER_LAB ?? '/var/tmp/swarmspawner-lab')

/**
 * Starts a throw-away Engine, in 1 to 3 s once its version has been fetched. If it cannot, it leaves nothing
 * behind.
 */
export async function startEngine(options: EngineOptions): Promise<RealEngine> {
  const { version, swarm = true, hostname = 'node-1', address = '192.0.2.10' } = options
  const { args = [], images = [] } = options
  const tree = await fetchEngine(version)
  const namespace = await openEngineNamespace({ hostname, address, tree })
  const socketPath = join(namespace.scratch, 'docker.sock')
  try {
    layImages(join(namespace.scratch, 'lib/docker'), images)
    let dockerd: Dockerd = await startDockerd(namespace, socketPath, args)
    const engine: RealEngine = {
      version,
      socketPath,
      dockerHost: `unix://${socketPath}`,
      address,
      namespace,
      pid: () => dockerd.pid,
      kill: () => dockerd.kill(),
      freeze: () => dockerd.freeze(),
      thaw: () => dockerd.thaw(),
      restart: async () => {
        await dockerd.kill()
        dockerd = await startDockerd(namespace, socketPath, args)
      },
      stop: () => {
        dockerd.thaw()
        return namespace.close()
      },
    }
    await checkVersion(engine)
    if (swarm) await initSwarm(engine)
    return engine
  } catch (error) {
    await namespace.close()
    throw error
  }
}

/** Unpacks a version that the host does not have. The host's own version needs no tree. */
export async function fetchEngine(version: EngineVersion): Promise<string | undefined> {
  if (version === '20.10') return undefined
  await promisify(execFile)(join(import.meta.dirname, 'get-engine.sh'), [version, labCache])
  return join(labCache, `engine-${version}`)
}

/** Checks the version, because the host's own Engine is whatever the host has installed. */
async function checkVersion({ socketPath, version }: RealEngine): Promise<void> {
  const answer = await askEngine(socketPath, { method: 'GET', path: '/version' })
  const { Version } = v.parse(v.object({ Version: v.string() }), answer)
  if (!Version.startsWith(`${version}.`)) throw new Error(`found ${Version} for ${version}`)
}

/** Makes an engine that was started without a swarm the manager of one. */
export async function initSwarm({ socketPath, address }: RealEngine): Promise<void> {
  const body = { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: address }
  await askEngine(socketPath, { method: 'POST', path: '/swarm/init', body })
}
