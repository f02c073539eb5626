import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'

const Service = v.looseObject({
  networks: v.array(v.string()),
  volumes: v.array(v.string()),
  environment: v.record(v.string(), v.string()),
})
const Stack = v.object({
  services: v.object({ hub: Service, swarmspawner: Service }),
  networks: v.record(v.string(), v.looseObject({ driver: v.string() })),
})

const text = readFileSync(join(projectRoot, 'deploy/stack.yml'), 'utf8')
const { services, networks } = v.parse(Stack, parse(text, { version: '1.1', merge: true }))
const { hub, swarmspawner: service } = services

describe('the service of the stack file', () => {
  test('holds the socket and nothing else of its node', () => {
    expect(service.volumes).toEqual([expect.stringMatching(/:\/var\/run\/docker\.sock$/)])
    expect(JSON.stringify(hub)).not.toContain('docker.sock')
  })

  test('is not root: it has the group that may open the socket, which has to be told', () => {
    expect(service['user']).toMatch(/^65532:\$\{DOCKER_GID:\?/)
  })

  test('has no capabilities', () => {
    expect(service['cap_drop']).toEqual(['ALL'])
    expect(service['cap_add']).toBeUndefined()
    expect(service['privileged']).toBeUndefined()
  })

  test('can not write to its own root', () => {
    expect(service['read_only']).toBe(true)
    expect(service['tmpfs']).toBeUndefined()
  })

  test('publishes no port', () => {
    expect(service['ports']).toBeUndefined()
  })

  test('reads its secret as the only one who may, and has it nowhere else', () => {
    expect(service['secrets']).toEqual([
      { source: 'swarmspawner-secret', uid: '65532', mode: 0o400 },
    ])
    expect(JSON.stringify(services)).not.toContain('whsec_')
  })

  test('shares a network with the hub alone, which leads nowhere else and lets nobody in', () => {
    expect(service.networks).toEqual(['control'])
    expect(hub.networks).toEqual(['control', 'servers'])
    expect(networks['control']).toEqual({ driver: 'overlay', internal: true })
  })

  test('speaks plain HTTP in that network only', () => {
    expect(service.environment['SWARMSPAWNER_PLAIN_HTTP']).toMatch(/_control$/)
  })
})

test('the Dockerfile of the service does not make it root either', () => {
  const dockerfile = readFileSync(join(projectRoot, 'deploy/service/Dockerfile'), 'utf8')
  expect(dockerfile).toMatch(/^USER 65532:65532$/m)
})
