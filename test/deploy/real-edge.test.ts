import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'

// `npm run edge` in a network that ends at the loopback: whatever it asked of the world would fail.

const script = join(projectRoot, 'lab/edge/run.ts')
const CALL = `
  const [, token] = process.argv
  const headers = { authorization: token }
  const data = { server: { username: 'alice' }, config: { service_image: 'demo/notebook' } }
  const body = JSON.stringify({ type: 'spawner.start', data })
  const answer = await fetch('http://127.0.0.1:8787/start', { method: 'POST', headers, body })
  console.log(await answer.text())`

/** The network that a process is in; of one that has ended, none. */
const networkOf = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

test('npm run edge starts a server on workerd, offline, and leaves no process', async () => {
  const { DOCKER_HOST: _, ...env } = process.env
  const inside = ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  const edge = spawn('unshare', [...inside, process.execPath, script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let network: string | undefined
  try {
    let token = ''
    for await (const line of createInterface(edge.stdout)) {
      token = /Authorization: (Bearer \w+)/.exec(line)?.[1] ?? token
      if (line.includes('Ready on')) break
    }
    network = networkOf(String(edge.pid))
    const call = ['--net', '--', process.execPath, '--input-type=module', '-e', CALL, token]
    const nsenter = ['--target', String(edge.pid), ...call]
    const { stdout } = await promisify(execFile)('nsenter', nsenter)
    expect(JSON.parse(stdout)).toMatchObject({ state: 'running' })
  } finally {
    edge.kill('SIGTERM')
    const [code] = await once(edge, 'exit')
    expect(code).toBe(0)
  }
  expect(network).not.toBe(networkOf('self'))
  expect(readdirSync('/proc').filter((pid) => networkOf(pid) === network)).toEqual([])
}, 120_000)
