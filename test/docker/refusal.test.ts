import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyOf, ENGINE_VERSIONS, fixtureNames, readFixture } from '../../fixtures/fixture.ts'
import type { DockerErrorCode } from '../../src/docker/errors.ts'
import { refusal } from '../../src/docker/refusal.ts'

/** What every recorded refusal means, on whichever Engine it was recorded. */
const RECORDED: Readonly<Record<string, DockerErrorCode>> = {
  'container-inspect.404': 'not_found',
  'distribution-inspect.404': 'not_found',
  'distribution-inspect.no-auth.500': 'unauthorized',
  'distribution-inspect.registry-down.500': 'server_error',
  'distribution-inspect.wrong-auth.401': 'unauthorized',
  'image-inspect.404': 'not_found',
  'image-pull.missing.404': 'not_found',
  'image-pull.no-auth.500': 'unauthorized',
  'image-pull.wrong-auth.401': 'unauthorized',
  'image-pull.wrong-auth.500': 'unauthorized',
  'network-create.conflict.409': 'conflict',
  'network-create.not-in-swarm.403': 'not_in_swarm',
  'network-create.not-in-swarm.500': 'not_in_swarm',
  'network-inspect.404': 'not_found',
  'network-inspect.worker.404': 'not_found',
  'network-remove.404': 'not_found',
  'network-remove.in-use.400': 'bad_request',
  'node-inspect.404': 'not_found',
  'node-list.not-a-manager.503': 'not_a_manager',
  'page.unknown.404': 'not_found',
  'ping.too-new.400': 'bad_request',
  'ping.too-old.400': 'bad_request',
  'service-create.bad-constraint.500': 'bad_request',
  'service-create.bad-image.400': 'bad_request',
  'service-create.bad-name.400': 'bad_request',
  'service-create.bad-template.400': 'bad_request',
  'service-create.conflict.409': 'conflict',
  'service-create.cpu-too-small.400': 'bad_request',
  'service-create.duplicate-mount.400': 'bad_request',
  'service-create.memory-too-small.400': 'bad_request',
  'service-create.name-too-long.400': 'bad_request',
  'service-create.network-missing.500': 'network_not_found',
  'service-create.network-not-swarm.403': 'forbidden',
  'service-create.no-image.400': 'bad_request',
  'service-create.not-in-swarm.503': 'not_in_swarm',
  'service-create.worker.503': 'not_a_manager',
  'service-inspect.404': 'not_found',
  'service-list.bad-filter.400': 'bad_request',
  'service-list.not-in-swarm.503': 'not_in_swarm',
  'service-list.worker.503': 'not_a_manager',
  'service-logs.404': 'not_found',
  'service-remove.404': 'not_found',
  'service-update.404': 'not_found',
  'service-update.out-of-sequence.500': 'out_of_sequence',
  'task-inspect.404': 'not_found',
  'task-list.service-missing.404': 'not_found',
}

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const refusals = fixtureNames(version).filter((name) => !/\.20\d$/.test(name))

  test.each(refusals)('the refusal %s means what we know it to mean', (name) => {
    const fixture = readFixture(version, name)
    const { status } = fixture.response
    const error = refusal('GET /x', status, Buffer.from(bodyOf(fixture)).toString())
    expect(error.code).toBe(RECORDED[name])
    expect(error.httpStatus).toBe(status)
    expect(error.message).toBe(`GET /x: ${error.engineMessage}`)
    expect(error.engineMessage).not.toMatch(/^\{|rpc error/)
  })
})

const notAManager = 'This node is not a swarm manager.'

// Seen on real swarms of several machines in trouble, the same on all Engines.
test.each<[status: number, text: string, code: DockerErrorCode]>([
  [
    503,
    `${notAManager} Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.`,
    'not_a_manager',
  ],
  [
    503,
    `${notAManager} Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.`,
    'not_in_swarm',
  ],
  [
    503,
    `${notAManager} Manager is being prepared or has trouble connecting to the cluster.`,
    'unavailable',
  ],
  [
    503,
    'Swarm is encrypted and needs to be unlocked before it can be used. Please use "docker swarm unlock" to unlock it.',
    'locked',
  ],
  [503, 'rpc error: code = Unavailable desc = error reading from server: EOF', 'unavailable'],
  [
    503,
    'rpc error: code = Unavailable desc = error reading from server: read tcp 192.0.2.10:41022->192.0.2.11:2377: read: connection reset by peer',
    'unavailable',
  ],
  [503, 'rpc error: code = Unavailable desc = closing transport due to: EOF', 'unavailable'],
  [500, 'rpc error: code = DeadlineExceeded desc = context deadline exceeded', 'no_leader'],
  [500, 'rpc error: code = Unknown desc = context deadline exceeded', 'no_leader'],
  [
    500,
    'rpc error: code = Unknown desc = stream terminated by RST_STREAM with error code: CANCEL',
    'no_leader',
  ],
  [
    500,
    "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online. Make sure more than half of the managers are online.",
    'no_leader',
  ],
  [
    500,
    'rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status',
    'no_leader',
  ],
  [500, 'rpc error: code = Unknown desc = update out of sequence', 'out_of_sequence'],
  // A registry's own deadline is no election.
  [500, 'Get "http://192.0.2.7:5000/v2/": context deadline exceeded', 'server_error'],
  [
    500,
    'failed to resolve reference "192.0.2.7:5000/x:1": failed to do request: Head "http://192.0.2.7:5000/v2/x/manifests/1": context deadline exceeded',
    'server_error',
  ],
  [
    403,
    'Cannot create a multi-host network from a worker node. Please create the network from a manager node.',
    'forbidden',
  ],
])('the refusal %i "%s" means %s', (status, message, code) => {
  const error = refusal('POST /x', status, JSON.stringify({ message }))
  expect(error.code).toBe(code)
  expect(error.engineMessage).toBe(message.replace(/^rpc error: code = \w+ desc = /, ''))
})

test.each<[status: number, code: DockerErrorCode]>([
  [400, 'bad_request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [418, 'bad_request'],
  [429, 'bad_request'],
  [500, 'server_error'],
  [501, 'not_implemented'],
  [502, 'server_error'],
  [503, 'unavailable'],
  [504, 'server_error'],
])('a refusal %i with a text that we do not know means %s', (status, code) => {
  expect(refusal('GET /x', status, '{"message":"something else"}').code).toBe(code)
})

test.each(['', '{"message":""}', '  '])('the empty body %j is replaced by the status', (body) => {
  expect(refusal('GET /x', 502, body).message).toBe('GET /x: HTTP 502')
})

test.each(['{"error":"other"}', '[1]', 'null', '"text"', '{"message":7}', '<html>Bad Gateway'])(
  'the body %s, not made by an Engine, is quoted',
  (body) => {
    expect(refusal('GET /x', 502, body).engineMessage).toBe(body)
  },
)

test.each(['<html>', '["'])(
  'only the beginning is quoted of a long page that begins with %s',
  (begin) => {
    const body = `${begin}${'x'.repeat(100_000)}${begin === '["' ? '"]' : ''}`
    expect(refusal('GET /x', 502, body).engineMessage?.length).toBeLessThanOrEqual(500)
  },
)

test('a refusal is quoted without the password of a registry, and at most 2 KiB of it', () => {
  const message = `Get "https://user:canary-3c@registry.example/v2/": ${'x'.repeat(100_000)}`
  const { engineMessage = '' } = refusal('GET /x', 500, JSON.stringify({ message }))
  expect(engineMessage).toMatch(/^Get "https:\/\/\[redacted\]@registry\.example\/v2\/": /)
  expect(engineMessage.length).toBeLessThanOrEqual(2048)
})

test('an HTTPS port that is spoken to in HTTP is a matter of TLS', () => {
  const text = 'Client sent an HTTP request to an HTTPS server.\n'
  expect(refusal('GET /x', 400, text).code).toBe('tls')
})

test('a variable that the Engine cannot expand is named, and nothing of its value is repeated', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{8,20}$/)
  const rest = fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', '=', '\n', 'x', ' ') })
  fc.assert(
    fc.property(secret, rest, rest, (value, before, after) => {
      const quoted = JSON.stringify(`TOKEN=${before}${value}${after}`)
      const words = `expanding env ${quoted}: template: expansion:1: function "${value}" not defined`
      const message = `rpc error: code = InvalidArgument desc = expanding env failed: ${words}`
      const error = refusal('POST /services/create', 400, JSON.stringify({ message }))
      expect(error.message).toBe(
        'POST /services/create: expanding env failed: expanding env "TOKEN=[redacted]"',
      )
    }),
  )
})
