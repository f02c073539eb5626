import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, readFixture } from '../../../fixtures/fixture.ts'
import { type ReasonKind, readReason } from '../../../src/spawner/state/advice.ts'
import { absent, withUserMessage } from '../../../src/spawner/state/server-state.ts'
import { sentenceOn, timeoutMessage, userMessage } from '../../../src/spawner/state/user-message.ts'
import { VOLUME_WORDS } from '../../../src/spawner/state/volume-words.ts'
import { SAID } from '../../support/pull-words.ts'
import { expectSentence } from '../../support/student-sentence.ts'

const STATES = ['absent', 'starting', 'running', 'exited', 'failed', 'stopping'] as const

const NAME = 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'
const EXEC = 'failed to create task: exec: "nosuch": executable file not found in $PATH'

/** What Engines and this service say, by the kind that it tells. Pulls are in SAID. */
const REASONS: Partial<Record<ReasonKind, readonly string[]>> = {
  not_told: ['failed to do request: something new', 'No such image: lab/x:1'],
  rate_limit: ['toomanyrequests: You have reached your pull rate limit'],
  mount_failed: [
    'invalid mount config for type "bind": bind source path does not exist: /srv/missing',
    'invalid mount config for type "bind": something new',
    "starting container failed: error while mounting volume '/var/lib/docker/volumes/d/_data': failed to mount local volume: addr=127.0.0.1: no such device",
    'open /var/lib/docker/volumes/d/_data: permission denied',
    'starting container failed: unable to start container process: chdir to cwd ("/home/jovyan") set in config.json failed: permission denied: unknown',
    VOLUME_WORDS.alone,
  ],
  disk_full: ['starting container failed: mkdir /var/lib/docker/x: no space left on device'],
  no_node_fits: ['no suitable node (scheduling constraints not satisfied on 2 nodes)'],
  no_room: ['no suitable node (insufficient resources on 1 node)'],
  no_node_free: [
    'no suitable node',
    'no suitable node (3 nodes not available for new tasks)',
    'no suitable node (max replicas per node limit exceed)',
    'no suitable node (host-mode port already in use on 1 node)',
  ],
  no_longer_fits: ['assigned node no longer meets constraints'],
  platform: ['no suitable node (unsupported platform on 1 node)'],
  not_equipped: ['no suitable node (missing plugin on 1 node)'],
  network_missing: [
    'network nosuch not found',
    'The network of-one-node cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.',
  ],
  no_address: [
    'no free address in network tiny (10.77.0.0/29): 5 of 5 in use',
    'node is missing network attachments, ip addresses may be exhausted',
  ],
  network_not_set_up: ['Swarm could not set up network odd'],
  not_allocated: [
    'Swarm has not allocated the task, though addresses are free in network t: 2 of 5 in use',
  ],
  network_failed: [
    'starting container failed: network sandbox join failed: x',
    'starting container failed: failed to set up container networking: x',
  ],
  not_checked_yet: [
    'Not running within 60 s: Waiting for the health check, which has not passed yet: it runs every 90 seconds',
  ],
  unhealthy: ['task: non-zero exit (143): dockerexec: unhealthy container'],
  out_of_memory: ['task: non-zero exit (137): OOMKilled'],
  maybe_out_of_memory: ['task: non-zero exit (137)'],
  ended_before: [
    'An earlier task of this server has ended, and the swarm has kept no record of it',
  ],
  crashed: ['task: non-zero exit (134)', 'task: non-zero exit (139)'],
  stopped: ['task: non-zero exit (143)', 'task: non-zero exit (130)'],
  ended: [
    'task: non-zero exit (1)',
    'task: non-zero exit (255)',
    'task failed',
    'task complete: finished',
    'the former task: failed',
    'the former task: complete',
  ],
  program_missing: [
    'task: non-zero exit (127)',
    'task: non-zero exit (126)',
    `starting container failed: ${EXEC}`,
  ],
  wrong_user: ['starting container failed: unable to find user nobody2: no matching entries'],
  not_startable: [
    "the working directory 'rel' is invalid, it needs to be an absolute path",
    'starting container failed: something new',
  ],
  node_lost: [
    'Node node-4 is down: heartbeat failure',
    'Node of a lab is down',
    'Node node-4 was removed from the swarm',
    'task orphaned',
  ],
  drained: ['Node node-1 was drained'],
  maintenance: [
    'Node node-1 is in maintenance',
    'Node node-1 is in maintenance: The room gets new cooling.',
  ],
  nodes_in_maintenance: [
    'no suitable node (1 node not available for new tasks); node node-1 is in maintenance: The room gets new cooling',
    'Not running within 60 s: no suitable node; node node-1 is in maintenance',
  ],
  nodes_resting: [
    'no suitable node (2 nodes not available for new tasks); node node-1 is drained',
    'no suitable node (scheduling constraints not satisfied on 1 node; 1 node not available for new tasks); node node-1 is paused',
    'Not running within 60 s: no suitable node (insufficient resources on 1 node; 1 node not available for new tasks); node n is down',
  ],
  scaled_to_none: ['The service was scaled to 0 replicas, not by the hub'],
  changed: ['the former task: shutdown', 'the former task: running'],
  shut_down: ['Swarm shut the task down', 'task shutdown: shutdown', 'task remove'],
  removed: [
    'The service was removed while it started',
    'Its service is gone: somebody removed it (docker service rm), or its end has been told before',
  ],
  leaving: ['The service is removed; its node has not confirmed the end'],
  superseded: ['A newer start of this server holds the name'],
  unreadable: [`The state of ${NAME} is not known: GET /tasks: an answer that cannot be read`],
  still_pulling: [
    'Not running within 60 s: Preparing on node-1: the image is pulled if it is not there yet',
  ],
  timed_out: [
    `Not running within 60 s: ${VOLUME_WORDS.orCheck}`,
    'Not running within 60 s: no task yet',
    'Not running within 60 s: Service created',
    'Not running within 0.5 s: Starting on node-1',
  ],
  unknown: [
    '',
    'something new: /srv/x lab/x:1 node-1',
    'create a b: "a b" includes invalid characters for a local volume name',
    'context deadline exceeded',
    'task rejected: preparing',
  ],
}

const pairs = (said: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(said).flatMap(([kind, reasons]) =>
    reasons.map((reason): [string, string] => [kind, reason]),
  )
const KNOWN = [...pairs(SAID), ...pairs(REASONS)]

const recorded = ENGINE_VERSIONS.flatMap((version) =>
  fixtureNames(version)
    .filter((name) => /^(?:task-list|service-create|image-pull)\./.test(name))
    .flatMap((name) => wordsIn(readFixture(version, name).response)),
)

/** The Engine's words about failures, wherever they are in an answer. */
function wordsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    /^(?:Err|message|error)$/.test(key) && typeof inner === 'string' ? [inner] : wordsIn(inner),
  )
}

test.each(KNOWN)('a reason is of the kind %s: %s', (kind, reason) => {
  expect(readReason(reason).kind).toBe(kind)
})

test('an end of the program is told with its exit code, and without one if it has none', () => {
  const told = (reason: string) => userMessage({ state: 'failed', reason })
  expect(told('task: non-zero exit (3)')).toContain('ended with an error (exit code 3).')
  expect(told('task: non-zero exit (139)')).toContain('crashed (exit code 139).')
  expect(told('task failed')).toContain('ended with an error.')
})

test('a message about a maintenance is told as it is, and is never read as another reason', () => {
  const messages = ['no space left on device', 'node-4 is down', 'manifest unknown', 'a: b; c']
  for (const message of messages)
    for (const [kind, reason] of [
      ['maintenance', `Node node-1 is in maintenance: ${message}`],
      ['nodes_in_maintenance', `no suitable node; node node-1 is in maintenance: ${message}`],
    ] as const) {
      expect(readReason(reason)).toMatchObject({
        kind,
        advice: expect.stringContaining('drain <node> --undo'),
      })
      expect(userMessage({ state: 'failed', reason })).toContain(`maintenance: ${message}. `)
    }
})

describe('a student reads', () => {
  test.each(STATES)(
    'a sentence in plain words and whose turn it is, of a server that is %s',
    (state) => {
      expect(recorded.length).toBeGreaterThan(40)
      for (const reason of [...recorded, ...KNOWN.map(([, reason]) => reason)]) {
        expectSentence(userMessage({ state, reason }))
        expectSentence(userMessage({ state, reason: `Not running within 8 s: ${reason}` }))
      }
    },
  )

  test('no word of a reason that is made to look like another', () => {
    // What stands after a maintenance is for users: an administrator wrote it.
    const fixed = KNOWN.filter(([kind]) => !kind.endsWith('maintenance'))
    for (const [, reason] of fixed)
      expectSentence(userMessage({ state: 'failed', reason: `${reason}: task: non-zero exit (9)` }))
  })

  test('nothing of a server that is fine, and something of one that ended by itself', () => {
    for (const state of ['absent', 'starting', 'running', 'stopping'])
      expect(userMessage({ state, reason: null })).toBeUndefined()
    expectSentence(userMessage({ state: 'exited', reason: null }))
    expectSentence(sentenceOn('killed'))
  })

  test('that a busy cluster may have room later, and that a small one never will', () => {
    const reason = 'no suitable node (insufficient resources on 1 node)'
    expect(userMessage({ state: 'starting', reason })).toMatch(/are busy\. Please wait/)
    expect(userMessage({ state: 'failed', reason: `Not running within 8 s: ${reason}` })).toMatch(
      /are busy\. Please try again/,
    )
    expect(userMessage({ state: 'failed', reason })).toMatch(/large enough.*choose something else/)
  })

  test.each([
    // This one is a refusal, and no server that starts waits for it.
    ...KNOWN.filter(([kind]) => kind !== 'superseded'),
    ['unknown', 'something new'],
    ['timed_out', 'Service created'],
    ['still_pulling', 'Preparing on node-1: the image is pulled if it is not there yet'],
  ])('that the time of a start is over, where it waits for %s: %s', (_, reason) => {
    const told = timeoutMessage(reason)
    expectSentence(told)
    expect(told).not.toMatch(/Please wait(?! a minute before you start it again)|by itself/)
    expect(told).not.toContain('does not know')
  })

  test('that a busy cluster was busy until the time was over', () => {
    expect(timeoutMessage('no suitable node (insufficient resources on 1 node)')).toMatch(
      /are busy\. Please try again/,
    )
  })

  test('that a server runs, whatever has failed before', () => {
    for (const [, reason] of KNOWN)
      expect(userMessage({ state: 'running', reason })).toContain('It runs now.')
  })
})

test('a state that has no reason any more has no sentence either', () => {
  const gone = absent('x', 'The service was removed while it started')
  expectSentence(gone.user_message)
  expect(withUserMessage({ ...gone, reason: null })).not.toHaveProperty('user_message')
})
