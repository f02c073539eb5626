import { describe, expect, test } from 'vitest'
import { readReason } from '../../../src/spawner/state/advice.ts'
import {
  canHeal,
  isPullFailure,
  PULL_ADVICE,
  type PullFailure,
  readPullFailure,
} from '../../../src/spawner/state/pull-failure.ts'
import { sentenceOn } from '../../../src/spawner/state/user-message.ts'
import { growth, LINEAR } from '../../support/growth.ts'
import { resolve, SAID } from '../../support/pull-words.ts'
import { expectSentence } from '../../support/student-sentence.ts'

const FAILURES = Object.keys(PULL_ADVICE).filter((key): key is PullFailure => key in SAID)

describe.each(FAILURES)('a pull that fails: %s', (failure) => {
  test.each([...SAID[failure]])(`the words of a pull that fails mean ${failure}: %s`, (words) => {
    expect(readPullFailure(words)).toBe(failure)
    expect(readReason(words)).toMatchObject({ kind: failure, advice: PULL_ADVICE[failure] })
  })

  test(`the failure ${failure} has a sentence for a student, which names nothing and says whose turn it is`, () => {
    expectSentence(sentenceOn(failure))
  })
})

test.each([
  'task: non-zero exit (1)',
  'task: non-zero exit (127): sh: x: not found',
  'ModuleNotFoundError: manifest unknown: not found',
  'starting container failed: exec: "jupyter": executable file not found in $PATH',
  'starting container failed: error while mounting volume: denied: permission denied',
  'mount: denied: permission denied',
  'error while mounting volume \'/v\': VolumeDriver.Mount: Get "http://nfs.example/v2/": dial tcp: lookup nfs.example: no such host',
  'Post "http://%2Frun%2Fdocker%2Fplugins%2Fx.sock/VolumeDriver.Mount": dial unix x.sock: connect: connection refused',
  'failed to copy file info for /var/lib/docker/volumes/x: failed to chown: operation not permitted',
  'invalid mount config for type "bind": bind source path does not exist: /srv/not found',
  'network web not found',
  'no suitable node (scheduling constraints not satisfied on 1 node)',
  'failed to resolve referencing',
  'write /home/jovyan/data: no space left on device',
  'name unknowns: x',
  'unexpected end of JSON input',
  'missing signature keys',
  'mount: manifest verification failed for digest sha256:ab',
  'context deadline exceeded',
  '',
])('words that are about no pull are not taken for one: %s', (words) => {
  expect(isPullFailure(words)).toBe(false)
  expect(readPullFailure(words)).toBeUndefined()
})

test.each([
  resolve(
    'r.example/x:1',
    'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 418 I am a teapot',
  ),
  resolve('r.example/x:1', 'something new: not found yet'),
  'failed to do request: Head "https://r.example/v2/x-509/manifests/not-found": something new',
  'failed to extract layer sha256:ab: snapshot sha256:cd does not exist: not found',
  resolve('r.example/x:1', 'failed to do request: something else: not found'),
  'received unexpected HTTP status: 418 I am a teapot',
  'failed commit on ref "layer-sha256:ab": something new',
])('an unknown failure of a pull is not taken for a known one: %s', (words) => {
  expect(isPullFailure(words)).toBe(true)
  expect(readPullFailure(words)).toBeUndefined()
  expect(canHeal(readPullFailure(words))).toBe(true)
})

test('a pull that may pass is waited for, one that an admin has to mend is not', () => {
  expect(FAILURES.filter(canHeal).sort()).toEqual([
    'disk_full',
    'not_a_registry',
    'rate_limit',
    'registry_fails',
    'slow',
    'unreachable',
    'wrong_digest',
  ])
})

test('the words of a pull cost no more than their length, however they are repeated', () => {
  const pieces = Object.values(SAID)
    .flat()
    .flatMap((words) => words.split(/(?<=[: ])/))
  for (const piece of new Set(pieces)) {
    const read = (size: number) => () =>
      SAID.unreachable.map((words) => readPullFailure(`${words}${piece.repeat(size)}`))
    expect([piece, growth(read, 200) < LINEAR]).toEqual([piece, true])
  }
})
