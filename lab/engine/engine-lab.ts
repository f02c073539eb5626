import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { askEngine } from './call-engine.ts'
import { type Dockerd, startDockerd } from './dockerd.ts'
import { type EngineNamespace, openEngineNamespace } from './engine-namespace.ts'

/** '20.10' is the engine that Debian bookworm installs, the others are fetched from later suites. */
export const REAL_ENGINES = ['20.10', '26.1', '28.5'] as const
export type EngineVersion = (typeof REAL_ENGINES)[number]

/** A Docker Engine of its own: own data, own network, seen by nobody but us. */
export interface RealEngine {
  version: EngineVersion
  /** A unix socket; requests go there, with or without an API version in the path. */
  socketPath: string
  /** What DOCKER_HOST is set to. */
  dockerHost: string
  /** Its address in its own network, which nobody outside reaches. */
  address: string
  namespace: EngineNamespace
  /** The process id of dockerd on the host. */
  pid(): number
  /** SIGKILL to dockerd alone: its containers go on, its socket file stays and refuses connections. */
  kill(): Promise<void>
  /** SIGSTOP to dockerd: it accepts connections and says nothing, as a machine that hangs. */
  freeze(): void
  /** SIGCONT: it goes on with what it was asked meanwhile. */
  thaw(): void
  /** Kills dockerd and starts it again on the same data; swarm calls may need 2 to 12 s more. */
  restart(): Promise<void>
  /** Kills everything and removes every trace; may be called twice. */
  stop(): Promise<void>
}

export interface EngineOptions {
  version: EngineVersion
  /** Makes it the manager of a swarm of its own; true unless said otherwise. */
  swarm?: boolean
  hostname?: string
  address?: string
  /** More arguments for dockerd. */
  args?: readonly string[]
}

/** Where fetched programs are kept between runs. */
export const labCache = resolve(process.env.SWARMSPAWNER_LAB ?? '/var/tmp/swarmspawner-lab')

/** Starts a throw-away Engine, in 1 to 3 s once its version has been fetched; leaves nothing behind if it can't. */
export async function startEngine(options: EngineOptions): Promise<RealEngine> {
  const { version, swarm = true, hostname = 'node-1', address = '192.0.2.10', args = [] } = options
  const tree = await fetchEngine(version)
  const namespace = await openEngineNamespace({ hostname, address, tree })
  const socketPath = join(namespace.scratch, 'docker.sock')
  try {
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

/** Unpacks a version that the host doesn't have; the host's own needs no tree. */
export async function fetchEngine(version: EngineVersion): Promise<string | undefined> {
  if (version === '20.10') return undefined
  await promisify(execFile)(join(import.meta.dirname, 'get-engine.sh'), [version, labCache])
  return join(labCache, `engine-${version}`)
}

/** The host's own engine is whatever the host installed. */
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
