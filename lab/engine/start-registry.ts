import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { labCache, type RealEngine } from './engine-lab.ts'
import { exited } from './exited.ts'
import { type Notify, USERNAME, writeRegistryConfig } from './registry-config.ts'

/** An image registry that asks for a password. */
export interface Registry {
  /** Where it listens: the address in image names, for who is in the same network. */
  address: string
  username: string
  password: string
  /** The value of X-Registry-Auth that it accepts. */
  auth: string
  /** The lines of its access log: one for each request that it has answered. */
  requests: readonly string[]
  stop(): Promise<void>
}

/** Starts Debian's docker-registry on the Engine's loopback. It ends with the Engine at the latest. */
export const startRegistry = (engine: RealEngine): Promise<Registry> =>
  start({
    directory: join(engine.namespace.scratch, 'registry'),
    listen: '127.0.0.1:5000',
    within: engine.namespace.inNamespaces,
  })

/**
 * Starts Debian's docker-registry on a free port of this machine's loopback. Engines of the lab reach it through
 * `openGate`. With `notify` it sends an event for each push and pull to a URL.
 */
export const startLocalRegistry = (directory: string, notify?: Notify): Promise<Registry> =>
  start({ directory, listen: '127.0.0.1:0', within: [], notify })

interface RegistryOptions {
  directory: string
  listen: string
  within: readonly string[]
  notify?: Notify | undefined
}

async function start({ directory, listen, within, notify }: RegistryOptions): Promise<Registry> {
  await fetchRegistry()
  const password = randomBytes(16).toString('hex')
  const config = writeRegistryConfig({ directory, listen, password, notify })
  const program = join(labCache, 'registry/usr/bin/docker-registry')
  const [command = '', ...args] = [
    ...within,
    // nsenter stays the parent process, and a signal would only reach nsenter.
    ...['setpriv', '--pdeathsig', 'KILL', program, 'serve', config],
  ]
  const registry = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  registry.unref()
  const requests: string[] = []
  createInterface({ input: registry.stdout }).on('line', (line) => requests.push(line))
  const address = await listening(registry.stderr)
  for (const stream of [registry.stdout, registry.stderr])
    if (stream instanceof Socket) stream.unref()
  const stop = async () => {
    registry.kill('SIGKILL')
    await exited(registry)
  }
  const auth = registryAuth(address, password)
  return { address, username: USERNAME, password, auth, requests, stop }
}

/** Unpacks Debian's docker-registry, unless it is in the lab's cache. */
export async function fetchRegistry(): Promise<void> {
  await promisify(execFile)(join(import.meta.dirname, 'get-registry.sh'), [labCache])
}

/**
 * Reads the log until the registry says where it listens. The rest is read and ignored: a registry whose pipe is full
 * answers nobody.
 */
const listening = (log: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    let address: string | undefined
    log.on('data', (chunk) => {
      if (address !== undefined) return
      text += chunk
      address = /listening on ([\d.]+:\d+)/.exec(text)?.[1]
      if (address !== undefined) resolve(address)
    })
    log.on('end', () => reject(new Error(`docker-registry did not start: ${text}`)))
  })

/** The value of X-Registry-Auth: URL-safe base64 with padding. Engines ignore the header without padding. */
export function registryAuth(serveraddress: string, password: string): string {
  const credentials = JSON.stringify({ username: USERNAME, password, serveraddress })
  return Buffer.from(credentials).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
