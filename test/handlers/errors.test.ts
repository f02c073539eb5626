import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, readFixture } from '../../fixtures/fixture.ts'
import { PROBLEMS, problemOf } from '../../handlers/errors.ts'
import { DockerError, REFUSED, UNREACHABLE } from '../../src/docker/errors.ts'
import { SPAWN_ERRORS, SpawnError } from '../../src/spawner/errors.ts'
import { expectSentence } from '../support/student-sentence.ts'

test.each(UNREACHABLE)('an Engine that is %s is worth another try, and says when', (code) => {
  const problem = problemOf(new DockerError(code, 'words'))
  expect(problem).toMatchObject({ code: `engine_${code}`, retryable: true, detail: 'words' })
  expect([503, 504]).toContain(problem.status)
  expect(problem.user_message).toContain('try again')
})

test.each(REFUSED.filter((code) => code !== 'out_of_sequence'))(
  'a request that the Engine refused as %s is not worth another try',
  (code) => {
    expect(problemOf(new DockerError(code, 'words')).retryable).toBe(false)
  },
)

test("the Engine's own words are apart from the name of the call", () => {
  const refused = new DockerError('bad_request', 'POST /services/create: no such thing\n', {
    engineMessage: 'no such thing\n',
  })
  expect(problemOf(refused)).toMatchObject({
    detail: 'POST /services/create: no such thing ',
    reason: 'no such thing ',
  })
  expect(problemOf(new DockerError('timeout', 'words'))).not.toHaveProperty('reason')
})

test('a 404 of the Engine is no 404 of ours: the hub would take it for a wrong address', () => {
  const statuses = Object.entries(PROBLEMS).filter(([, { status }]) => status === 404)
  // Hubs do not call the pages about one server.
  expect(statuses.map(([code]) => code)).toEqual(['no_such_route', 'no_such_server'])
})

const MEANINGS: [string, { user: string; chosen?: string }][] = Object.entries(PROBLEMS)

test.each(MEANINGS)(
  'a student reads plain words and whose turn it is: %s',
  (_, { user, chosen }) => {
    expectSentence(user)
    // Who chose nothing can choose nothing else.
    expect(user).not.toMatch(/choose|chose/)
    if (chosen)
      expectSentence(`${chosen}. Please choose something else, or tell your administrator.`)
  },
)

describe('a refusal', () => {
  const refusedFor = (...paths: string[]) => {
    const issues = paths.map((path) => ({ path, message: 'is not allowed' }))
    return problemOf(new SpawnError('not_allowed', 'words', issues)).user_message
  }

  test('a refusal of what the user chose names the options in the words of the form', () => {
    const told = refusedFor('config.image', 'user_options.image', 'user_options.image.0')
    expect(told).toContain('do not allow what you chose for "image". Please choose something else')
    expect(refusedFor('user_options.resource_spec.mem_limit')).toContain('for "mem limit".')
    expect(refusedFor('user_options.container_spec.env.A', 'user_options.mounts.0')).toContain(
      'for "env", "mounts".',
    )
    expect(refusedFor('user_options')).toContain('what you chose. Please choose')
  })

  test('a refusal of what the user did not choose is for the administrator', () => {
    for (const path of ['config.container_spec.image', 'env.A', 'my_user_options.image', ''])
      expect(refusedFor(path)).toBe(PROBLEMS.not_allowed.user)
  })

  test('a refusal quotes no hostile name of an option, and few of many', () => {
    const hostile = ['<b>', '"', '/etc/passwd', 'a'.repeat(99), '0', '\u202e', '']
    const paths = hostile.map((name) => `user_options.${name}`)
    expect(refusedFor(...paths)).toBe(refusedFor('user_options'))
    const many = [...'abcdefgh'].map((letter) => `user_options.${letter.repeat(24)}`)
    expect(refusedFor(...many).match(/"/g)).toHaveLength(6)
    expect(refusedFor(...many).length).toBeLessThanOrEqual(200)
  })
})

describe('what the Engine refuses', () => {
  const refused = (
    engineMessage: string,
    hasChosen?: boolean,
    code: (typeof REFUSED)[number] = 'bad_request',
  ) => problemOf(new DockerError(code, `POST /x: ${engineMessage}`, { engineMessage }), hasChosen)

  test.each(ENGINE_VERSIONS)(
    'what Engine %s refuses is told in plain words, with and without a choice',
    (version) => {
      const messages = fixtureNames(version)
        .filter((name) => /^service-create\..*\.[45]\d\d$/.test(name))
        .map((name) => readFixture(version, name).response.json)
        .map((json) => v.parse(v.object({ message: v.string() }), json).message)
      expect(messages.length).toBeGreaterThan(10)
      for (const message of messages)
        for (const hasChosen of [false, true]) {
          const { user_message } = refused(message, hasChosen)
          expectSentence(user_message)
          expect(user_message.includes('choose')).toBe(hasChosen)
        }
    },
  )

  test('what the Engine refuses is told by its kind, with the advice for the same', () => {
    const missing = refused('network nosuch not found', false, 'network_not_found')
    expect(missing.user_message).toMatch(/^A network .* Please tell your administrator\.$/)
    expect(missing.advice).toContain('docker network create')
    expect(refused('network nosuch not found', true).user_message).toMatch(
      /^A network .* Please choose something else/,
    )
  })

  test('an Engine that can be asked later is told as that, whatever it says besides', () => {
    const later = refused('no space left on device', true, 'out_of_sequence')
    expect(later).toMatchObject({
      retryable: true,
      user_message: PROBLEMS.engine_out_of_sequence.user,
    })
  })
})

test('the fields of a refused request are listed', () => {
  const issues = [{ path: 'a.b', message: 'must be string' }]
  expect(problemOf(new SpawnError('invalid_config', 'words', issues))).toMatchObject({ issues })
})

test('an error that is not ours says nothing of itself', () => {
  expect(JSON.stringify(problemOf(new Error('secret')))).not.toContain('secret')
})

test('whatever is thrown is a row of the table of problems', () => {
  const thrown = fc.oneof(
    fc.anything(),
    fc.string().map((words) => new Error(words)),
    fc.constantFrom(...UNREACHABLE, ...REFUSED).map((code) => new DockerError(code, 'words')),
    fc.constantFrom(...SPAWN_ERRORS).map((code) => new SpawnError(code, 'words')),
    fc.constantFrom('AbortError', 'TimeoutError').map((name) => new DOMException('words', name)),
  )
  fc.assert(
    fc.property(thrown, (error) => {
      const { code, status, title, retryable } = problemOf(error)
      expect(PROBLEMS[code]).toMatchObject({ status, title })
      expect(retryable && code === 'internal').toBe(false)
    }),
  )
})
