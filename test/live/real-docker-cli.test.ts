import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'

// Debian's docker.io brings the docker CLI; it must find nothing amiss with the embedded engine.

let directory: string
let engine: Awaited<ReturnType<typeof listenEmbedded>>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swarmspawner-'))
  const socket = `unix://${join(directory, 'e.sock')}` as const
  engine = await listenEmbedded(createEmbeddedEngine({ speed: 10 }), socket)
})
afterAll(async () => {
  await engine.close()
  await rm(directory, { recursive: true })
})

const docker = async (...args: string[]): Promise<string> => {
  const env = { PATH: process.env['PATH'], HOME: directory, DOCKER_HOST: engine.dockerHost }
  return (await promisify(execFile)('docker', args, { env, timeout: 30_000 })).stdout.trim()
}

/** What a server writes to its standard error comes out at the CLI's. */
const dockerLogs = async (service: string): Promise<string> => {
  const env = { PATH: process.env['PATH'], HOME: directory, DOCKER_HOST: engine.dockerHost }
  const args = ['service', 'logs', '--raw', service]
  const { stdout, stderr } = await promisify(execFile)('docker', args, { env, timeout: 30_000 })
  return stdout + stderr
}

test('the docker CLI creates, lists, inspects and removes a service of the embedded engine', async () => {
  const create = ['service', 'create', '--name', 'web', '--network', 'jupyterhub']
  const id = await docker(...create, '--detach', '--no-resolve-image', 'demo/notebook:1', 'httpd')
  expect(await docker('service', 'ls', '--format', '{{.Name}} {{.Image}}')).toBe(
    'web demo/notebook:1',
  )
  await expect
    .poll(() => docker('service', 'ps', 'web', '--format', '{{.Name}} {{.CurrentState}}'))
    .toMatch(/^web\.1 Running/)
  expect(await docker('service', 'ls', '--format', '{{.Replicas}}')).toBe('1/1')
  expect(await docker('service', 'inspect', 'web', '--format', '{{.ID}}')).toContain(
    id.split('\n')[0],
  )
  expect(await docker('service', 'inspect', 'web', '--pretty')).toContain('demo/notebook:1')
  expect(await dockerLogs('web')).toContain('embedded engine')
  await docker('service', 'scale', '--detach', 'web=0')
  expect(await docker('service', 'ls', '--format', '{{.Replicas}}')).toBe('0/0')
  expect(await docker('service', 'rm', 'web')).toBe('web')
  expect(await docker('service', 'ls', '--quiet')).toBe('')
})

test('the docker CLI waits for a service of the embedded engine, and sees why it fails', async () => {
  await docker('service', 'create', '--name', 'waits', '--no-resolve-image', 'demo/notebook:1')
  const failing = ['service', 'create', '--detach', '--no-resolve-image', '--name', 'fails']
  await docker(...failing, 'demo/image-missing:1')
  await expect
    .poll(() => docker('service', 'ps', 'fails', '--no-trunc', '--format', '{{.Error}}'))
    .toContain('No such image: demo/image-missing:1')
})

test('the docker CLI sees nodes, networks, and that no container runs here', async () => {
  expect(await docker('node', 'ls', '--format', '{{.Hostname}} {{.ManagerStatus}}')).toMatch(
    /^\S+ Leader$/,
  )
  expect(await docker('network', 'ls', '--format', '{{.Name}} {{.Scope}}')).toContain(
    'jupyterhub swarm',
  )
  expect(await docker('info', '--format', '{{.OperatingSystem}}')).toContain('runs no containers')
})

test('the docker CLI reads the refusals of the embedded engine', async () => {
  await expect(docker('service', 'inspect', 'nosuch')).rejects.toThrow(/no such service/i)
  const create = ['service', 'create', '--detach', '--no-resolve-image', '--name', 'taken']
  await docker(...create, 'demo/notebook:1')
  await expect(docker(...create, 'demo/notebook:1')).rejects.toThrow(/already exists/)
})
