import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  hubFilter,
  isOurLabel,
  readLabels,
  writeLabels,
} from '../../../src/spawner/server/labels.ts'

const text = fc.string({ unit: 'binary' })
const labels = fc.record({
  hub: text,
  serviceName: text,
  username: text,
  serverName: text,
  spawnId: text,
  issuedAt: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  port: fc.integer({ min: 1, max: 65535 }),
  startTimeoutS: fc.oneof(fc.integer({ min: 1, max: 86_400 }), fc.constant(0.5)),
})

test('labels that are written are read back', () => {
  fc.assert(
    fc.property(labels, (server) => {
      expect(readLabels(writeLabels(server))).toEqual(server)
    }),
  )
})

test('foreign labels beside ours change nothing', () => {
  fc.assert(
    fc.property(labels, fc.dictionary(text, text), (server, foreign) => {
      expect(readLabels({ ...foreign, ...writeLabels(server) })).toEqual(server)
    }),
  )
})

test('each label that we write is ours, and another label is ours only by our prefix', () => {
  fc.assert(
    fc.property(labels, text, (server, foreign) => {
      expect(Object.keys(writeLabels(server)).every(isOurLabel)).toBe(true)
      expect(isOurLabel(`x${foreign}`)).toBe(false)
    }),
  )
})

test('a label says the owner by the hash that is in the name', () => {
  const [server] = fc.sample(labels, 1)
  if (!server) throw new Error('no sample')
  expect(writeLabels({ ...server, username: 'alice' })['org.swarmspawner.owner']).toBe(
    '6384e2b2184bcbf58eccf10ca7a6563c',
  )
})

describe('a service is not ours', () => {
  test.each([
    ['without labels', undefined],
    ['with none', null],
    ['with an empty dict', {}],
    ['with labels of others', { 'com.docker.stack.namespace': 'hub' }],
    ['with a hub and no user', { 'org.swarmspawner.hub': 'main' }],
    ['with a user and no hub', { 'org.swarmspawner.username': 'alice' }],
  ])('a service %s is not ours', (_, given) => {
    expect(readLabels(given)).toBeUndefined()
  })
})

test('labels that somebody broke by hand are read as nothing', () => {
  const broken = {
    'org.swarmspawner.hub': 'main',
    'org.swarmspawner.username': 'alice',
    'org.swarmspawner.port': 'https',
    'org.swarmspawner.issued-at': '',
  }
  expect(readLabels(broken)).toEqual({
    hub: 'main',
    serviceName: '',
    username: 'alice',
    serverName: '',
    spawnId: '',
    issuedAt: 0,
    port: 0,
    startTimeoutS: 0,
  })
})

test("the filter for services of a hub is the hub's label", () => {
  expect(hubFilter('main')).toBe('org.swarmspawner.hub=main')
})
