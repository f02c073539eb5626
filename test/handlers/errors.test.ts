import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PROBLEMS, problemOf } from '../../handlers/errors.ts'
import { DockerError, REFUSED, UNREACHABLE } from '../../src/docker/errors.ts'
import { SPAWN_ERRORS, SpawnError } from '../../src/spawner/errors.ts'

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
  expect(statuses.map(([code]) => code)).toEqual(['no_such_route'])
})

test('every sentence for students is plain text that ends with a full stop', () => {
  for (const { user } of Object.values(PROBLEMS)) expect(user).toMatch(/^[A-Z][^<>]*\.$/)
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
