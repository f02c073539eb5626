import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'
import { exited } from './exited.ts'

/** Unpacks Debian's prometheus, unless it is in the lab's cache. */
export async function fetchPrometheus(): Promise<void> {
  await promisify(execFile)(join(import.meta.dirname, 'get-prometheus.sh'), [labCache])
}

/** Runs promtool. Throws with what it says if it finds a mistake. */
export async function promtool(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program('promtool'), args)
  return stdout
}

/** Starts a Prometheus on the loopback, with a configuration and its data in a directory. */
export async function startPrometheus(config: string, data: string) {
  const address = `127.0.0.1:${await freePort()}`
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${address}`,
  ]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program('prometheus'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const url = `http://${address}`
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`prometheus did not start: ${log}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL')
      await exited(child)
    },
  }
}

const program = (name: string): string => join(labCache, 'prometheus/usr/bin', name)

/** Prometheus does not say which port it has taken, so it gets one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
