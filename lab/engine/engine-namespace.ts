import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { exited, hasExited } from './exited.ts'

/** The namespaces (network, mounts, processes, host name) of one Engine of the lab. */
export interface EngineNamespace {
  /** A process id on the host that `ip link set ... netns` accepts. */
  pid: string
  /** Its directory on the host; gone after close. */
  scratch: string
  /** The cgroup that its containers are below. */
  cgroup: string
  /** Words before a command line that run it in all of these namespaces. It ends with them at the latest. */
  inNamespaces: readonly string[]
  /** Words before a command line that run it in this network only, with the host's files and processes. */
  inNetwork: readonly string[]
  /** Kills everything that runs in there and waits until nothing is left. */
  close(): Promise<void>
}

interface EngineNamespaceOptions {
  hostname: string
  /** An IPv4 address for eth0, with nobody at its other end; or `host`, for the host's own network. */
  address: string
  /** A directory with a `usr` that is laid over /usr, such as an unpacked Engine. Without it, the host's own Engine is there. */
  tree?: string | undefined
}

const script = join(import.meta.dirname, 'engine-namespace.sh')

/** Opens the namespaces of one engine; they close by themselves when this process ends. */
export async function openEngineNamespace(
  options: EngineNamespaceOptions,
): Promise<EngineNamespace> {
  const scratch = mkdtempSync(join(tmpdir(), 'swarmspawner-'))
  const cgroup = basename(scratch)
  const { hostname, address, tree } = options
  const args = [script, scratch, hostname, address, cgroup, ...(tree === undefined ? [] : [tree])]
  // Its own session: a Ctrl-C must not stop the clean-up, which begins when the pipe closes.
  const holder = spawn('sh', args, { stdio: ['pipe', 'ignore', 'pipe'], detached: true })
  const complaint = text(holder.stderr)
  const pid = await holderPid(holder, scratch)
  if (pid === undefined) {
    holder.stdin.end()
    throw new Error(`no namespace for an engine: ${await complaint}`)
  }
  letExit(holder)
  const nsenter = ['nsenter', '--target', pid]
  return {
    pid,
    scratch,
    cgroup,
    inNamespaces: [...nsenter, '--mount', '--uts', '--net', '--pid', '--'],
    inNetwork: [...nsenter, '--net', '--'],
    close: () => close(holder),
  }
}

async function holderPid(holder: ChildProcess, scratch: string): Promise<string | undefined> {
  const file = join(scratch, 'pid')
  for (let tries = 0; tries < 1000 && !hasExited(holder); tries++) {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim()
    await sleep(5)
  }
  return undefined
}

/** A forgotten engine must not keep this process from ending. */
function letExit(holder: ChildProcess): void {
  holder.unref()
  for (const stream of holder.stdio) if (stream instanceof Socket) stream.unref()
}

async function close(holder: ChildProcess): Promise<void> {
  holder.stdin?.end()
  await exited(holder)
}
