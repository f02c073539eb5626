import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callEngine } from './call-engine.ts'
import type { EngineNamespace } from './engine-namespace.ts'
import { exited, hasExited } from './exited.ts'

/** A dockerd that answers. */
export interface Dockerd {
  /** Its process id on the host. */
  pid: number
  /** Sends SIGKILL to dockerd only: its containerd and the containers go on. */
  kill(): Promise<void>
  /** Sends SIGSTOP, and waits until it has stopped: dockerd accepts connections and says nothing. */
  freeze(): Promise<void>
  /** Sends SIGCONT. */
  thaw(): void
}

const startTimeoutMs = 60_000
// The machine's proxy settings are left out, because this engine reaches nobody.
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

/**
 * Starts dockerd in the namespace and waits until its socket answers. It uses the data of an earlier dockerd
 * there.
 */
export async function startDockerd(
  namespace: EngineNamespace,
  socketPath: string,
  args: readonly string[],
): Promise<Dockerd> {
  rmSync(socketPath, { force: true })
  const pidFile = join(namespace.scratch, 'dockerd.pid')
  const [command = '', ...rest] = [
    ...namespace.inNamespaces,
    // dockerd's own pid file only has the process id inside the namespace.
    ...['sh', '-c', `read -r pid _ </run/host-proc/self/stat; echo $pid >${pidFile}; exec "$@"`],
    ...['sh', 'dockerd', '--host', `unix://${socketPath}`],
    ...['--cgroup-parent', `/${namespace.cgroup}`, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ...args,
  ]
  const logFile = join(namespace.scratch, 'dockerd.log')
  const log = openSync(logFile, 'a')
  const dockerd = spawn(command, rest, { stdio: ['ignore', log, log], env, detached: true })
  closeSync(log)
  dockerd.unref()
  if (!(await answers(dockerd, socketPath))) throw new Error(`no engine: ${tail(logFile)}`)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  const thaw = () => {
    if (!hasExited(dockerd)) process.kill(pid, 'SIGCONT')
    // nsenter, its parent, stops when it stops.
    dockerd.kill('SIGCONT')
  }
  return {
    pid,
    freeze: async () => {
      process.kill(pid, 'SIGSTOP')
      while (!hasStopped(pid)) await sleep(5)
    },
    thaw,
    kill: () => {
      thaw()
      return kill(dockerd, pid)
    },
  }
}

async function answers(dockerd: ChildProcess, socketPath: string): Promise<boolean> {
  const deadline = performance.now() + startTimeoutMs
  while (!hasExited(dockerd) && performance.now() < deadline) {
    const answer = await callEngine(socketPath, { method: 'GET', path: '/_ping' }).catch(
      () => undefined,
    )
    if (answer?.status === 200) return true
    await sleep(20)
  }
  return false
}

/** A busy machine stops the threads of a process one after the other; until then, they answer. */
function hasStopped(pid: number): boolean {
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).every((thread) => 'TX'.includes(stateOf(join(threads, thread))))
}

/** The letter of proc_pid_stat(5). A thread that has just ended counts as a dead one. */
function stateOf(thread: string): string {
  try {
    const stat = readFileSync(join(thread, 'stat'), 'utf8')
    return stat.charAt(stat.lastIndexOf(')') + 2)
  } catch {
    return 'X'
  }
}

async function kill(dockerd: ChildProcess, pid: number): Promise<void> {
  if (!hasExited(dockerd)) process.kill(pid, 'SIGKILL')
  await exited(dockerd)
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n')
}
