import { execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { labCache, type RealEngine } from './engine-lab.ts'
import { exited } from './exited.ts'

/** An image registry that asks for a password, in the network of one engine. */
export interface Registry {
  /** The address in image names. */
  address: string
  /** The value of X-Registry-Auth that it accepts. */
  auth: string
  stop(): Promise<void>
}

const username = 'u'

/** Starts Debian's docker-registry on the Engine's loopback. It ends with the Engine at the latest. */
export async function startRegistry(engine: RealEngine): Promise<Registry> {
  await fetchRegistry()
  const password = randomBytes(16).toString('hex')
  const address = '127.0.0.1:5000'
  const config = configure(engine, address, password)
  const program = join(labCache, 'registry/usr/bin/docker-registry')
  const [command = '', ...args] = [
    ...engine.namespace.inNamespaces,
    // nsenter stays the parent process, and a signal would only reach nsenter.
    ...['setpriv', '--pdeathsig', 'KILL', program, 'serve', config],
  ]
  const registry = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  registry.unref()
  await listening(registry.stderr)
  if (registry.stderr instanceof Socket) registry.stderr.unref()
  const stop = async () => {
    registry.kill('SIGKILL')
    await exited(registry)
  }
  return { address, auth: registryAuth(address, password), stop }
}

/** Unpacks Debian's docker-registry, unless it is in the lab's cache. */
export async function fetchRegistry(): Promise<void> {
  await promisify(execFile)(join(import.meta.dirname, 'get-registry.sh'), [labCache])
}

/** Reads the log until the registry says that it listens, and ignores the rest. */
async function listening(log: Readable): Promise<void> {
  let text = ''
  for await (const chunk of log.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.includes('listening on')) return void log.resume()
  }
  throw new Error(`docker-registry did not start: ${text}`)
}

/** Writes the files for docker-registry, and returns the configuration file. */
function configure(engine: RealEngine, address: string, password: string): string {
  const dir = join(engine.namespace.scratch, 'registry')
  mkdirSync(dir)
  const htpasswd = join(dir, 'htpasswd')
  // Perl's crypt is the only bcrypt on every Debian.
  const salt = '$2y$05$abcdefghijklmnopqrstuu'
  const hash = execFileSync('perl', ['-e', 'print crypt(<STDIN>, $ARGV[0])', salt], {
    input: password,
    encoding: 'utf8',
  })
  writeFileSync(htpasswd, `${username}:${hash}\n`)
  const config = join(dir, 'config.json')
  const settings = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(dir, 'data') } },
    http: { addr: address },
    auth: { htpasswd: { realm: 'lab', path: htpasswd } },
  }
  writeFileSync(config, JSON.stringify(settings))
  return config
}

/** The value of X-Registry-Auth: URL-safe base64 with padding. Engines ignore the header without padding. */
export function registryAuth(serveraddress: string, password: string): string {
  const credentials = JSON.stringify({ username, password, serveraddress })
  return Buffer.from(credentials).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
