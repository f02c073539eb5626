import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type DiskImages, makeEngineDisk } from './engine-disk.ts'
import { labCache } from './engine-lab.ts'
import { type EngineNamespace, openEngineNamespace } from './engine-namespace.ts'
import { hasExited } from './exited.ts'
import { forwardPort } from './forward-port.ts'

const run = promisify(execFile)

/** A Docker Engine 20.10 that manages a swarm, and an NFS server that has /homes, in a virtual machine whose kernel has IPVS. */
export type IpvsMachine = {
  dockerHost: string
  /** A directory that is gone after `stop`. */
  scratch: string
  /** Makes a port that its services publish available at 127.0.0.1 of this machine. Returns the port here. */
  forward(port: number): Promise<number>
  /** Ends the machine and removes every trace. */
  stop(): Promise<void>
}

const ENGINE_PORT = 2375
/** The address in ipvs-machine-init.sh, and the address of this end of the cable. */
const [ADDRESS, NEIGHBOUR] = ['192.0.2.31', '192.0.2.30/24']
/** 2 minutes: it takes 10 s when nothing else runs. */
const bootTimeoutMs = 120_000

/**
 * Starts a machine that has these images. Its kernel is a program and needs no support of the processor. It has
 * one core and computes as fast as other programs, but its system calls take several times longer.
 */
export const startIpvsMachine = async (images: DiskImages): Promise<IpvsMachine> => {
  const files = await makeIpvsMachine()
  // It ends with this process. Nobody else sees its network, so there may be several machines.
  const namespace = await openEngineNamespace({
    hostname: 'outside',
    address: '198.51.100.1',
    tree: files,
  })
  const log = join(namespace.scratch, 'console.log')
  const disk = join(namespace.scratch, 'docker.img')
  try {
    await layCable(namespace)
    await makeEngineDisk(disk, images)
    await isReady(boot(namespace, files, disk, log), log)
    const forward = async (port: number) =>
      (await forwardPort({ namespace }, port, 0, ADDRESS)).port
    return {
      dockerHost: `tcp://127.0.0.1:${await forward(ENGINE_PORT)}`,
      scratch: namespace.scratch,
      forward,
      stop: () => namespace.close(),
    }
  } catch (error) {
    await namespace.close()
    throw error
  }
}

/**
 * Makes the files of the machine, in 30 s, or at once if they are in the lab's cache. Returns their directory.
 */
export const makeIpvsMachine = async (): Promise<string> => {
  const script = join(import.meta.dirname, 'ipvs-machine.sh')
  return (await run(script, [labCache])).stdout.trim()
}

const layCable = ({ inNetwork: [command = '', ...args] }: EngineNamespace) => {
  const lines = `ip tuntap add dev cable mode tap && ip address add ${NEIGHBOUR} dev cable && ip link set cable up`
  return run(command, [...args, 'sh', '-ec', lines])
}

const boot = (
  { inNamespaces }: EngineNamespace,
  files: string,
  disk: string,
  log: string,
): ChildProcess => {
  const [command = '', ...args] = [
    ...inNamespaces,
    // The machine's memory is a file in TMPDIR. /run is a mount of the namespace in memory.
    ...['env', 'TMPDIR=/run', 'HOME=/run', 'taskset', '--cpu-list', lastCpu()],
    ...['/usr/bin/linux', 'mem=2560M', 'quiet'],
    ...[`ubd0rc=${join(files, 'root.img')}`, `ubd1=${disk}`, 'root=/dev/ubda', 'ro', 'init=/init'],
    ...['con=null', 'con0=null,fd:1', 'vec0:transport=tap,ifname=cable,depth=128,gro=1'],
  ]
  const output = openSync(log, 'a')
  const machine = spawn(command, args, { stdio: ['ignore', output, output], detached: true })
  closeSync(output)
  machine.unref()
  return machine
}

/**
 * The number of a processor that this process may use. Kernel and programs of the machine take turns, and on two
 * processors each turn would have to wake the other one: that costs a quarter more.
 */
const lastCpu = (): string => {
  const status = readFileSync('/proc/self/status', 'utf8')
  return /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1] ?? '0'
}

const isReady = async (machine: ChildProcess, log: string): Promise<void> => {
  const deadline = performance.now() + bootTimeoutMs
  while (!readConsole(log).includes('the machine is ready')) {
    if (hasExited(machine) || performance.now() > deadline) {
      const end = readConsole(log).split('\n').slice(-15).join('\n')
      throw new Error(`The virtual machine did not come up. Its last words:\n${end}`)
    }
    await sleep(200)
  }
}

const readConsole = (log: string): string => {
  try {
    return readFileSync(log, 'utf8')
  } catch {
    return ''
  }
}
