import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'

const stack = readFileSync(join(projectRoot, 'deploy/stack.yml'), 'utf8')

/** The lines under a key, less their indentation, comments left out; the file is ours and plainly written. */
const under = (yaml: string, key: string): string => {
  const lines = yaml.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  const at = lines.indexOf(`${key}:`)
  if (at < 0) throw new Error(`there is no ${key}`)
  const rest = lines.slice(at + 1)
  const end = rest.findIndex((line) => !line.startsWith('  '))
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .map((line) => line.slice(2))
    .join('\n')
}

const service = under(under(stack, 'services'), 'swarmspawner')
const hub = under(under(stack, 'services'), 'hub')
/** The value on the line of a key. */
const lineOf = (block: string, key: string): string | undefined =>
  new RegExp(`^${key}: *(.*)$`, 'm').exec(block)?.[1]

describe('the service of the stack file', () => {
  test('holds the socket and nothing else of its node', () => {
    expect(lineOf(service, 'volumes')).toMatch(/^\['[^,]+:\/var\/run\/docker\.sock'\]$/)
    expect(hub).not.toContain('docker.sock')
  })

  test('is not root: it has the group that may open the socket', () => {
    expect(lineOf(service, 'user')).toMatch(/^'65532:\$\{DOCKER_GID:\?/)
  })

  test('has no capabilities', () => {
    expect(lineOf(service, 'cap_drop')).toBe('[ALL]')
    expect(service).not.toContain('cap_add')
  })

  test('writes to no root', () => {
    expect(lineOf(service, 'read_only')).toBe('true')
  })

  test('publishes no port', () => {
    expect(service).not.toContain('ports')
  })

  test('reads its secret as the only one who may', () => {
    expect(under(service, 'secrets')).toBe(
      "- source: swarmspawner-secret\n  uid: '65532'\n  mode: 0400",
    )
    expect(service).not.toContain('whsec_')
  })

  test('shares a network with the hub alone, which leads nowhere else', () => {
    expect(lineOf(service, 'networks')).toBe('[control]')
    expect(lineOf(hub, 'networks')).toBe('[control, servers]')
    const control = under(under(stack, 'networks'), 'control')
    expect(lineOf(control, 'internal')).toBe('true')
    expect(lineOf(control, 'attachable')).toBeUndefined()
  })

  test('speaks plain HTTP in that network only', () => {
    const environment = under(service, 'environment')
    expect(lineOf(environment, 'SWARMSPAWNER_PLAIN_HTTP')).toMatch(/_control'$/)
  })
})
