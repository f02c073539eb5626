import { describe, expect, test } from 'vitest'
import {
  DockerError,
  ifFound,
  isDockerError,
  isInDoubt,
  isUnreachable,
  REFUSED,
  UNREACHABLE,
  UNREADABLE,
} from '../../src/docker/errors.ts'

test('an error carries what the Engine said and what it was caused by', () => {
  const cause = new Error('inner')
  const details = { httpStatus: 409, engineMessage: 'taken', cause }
  const error = new DockerError('conflict', 'POST /x: taken', details)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'DockerError', message: 'POST /x: taken', ...details })
})

test('an error without a cause has none', () => {
  expect('cause' in new DockerError('timeout', 'late')).toBe(false)
})

test('an error is recognised by any of the codes that are asked for', () => {
  const error = new DockerError('conflict', 'taken')
  expect(isDockerError(error)).toBe(true)
  expect(isDockerError(error, 'not_found', 'conflict')).toBe(true)
  expect(isDockerError(error, 'not_found')).toBe(false)
  expect(isDockerError(new Error('conflict'))).toBe(false)
  expect(isDockerError({ code: 'conflict' }, 'conflict')).toBe(false)
})

test('what the Engine does not know is undefined; every other error is thrown on', async () => {
  expect(await ifFound(Promise.resolve(7))).toBe(7)
  expect(await ifFound(Promise.reject(new DockerError('not_found', 'no such task')))).toBe(
    undefined,
  )
  for (const error of [new DockerError('network_not_found', 'no'), new Error('not_found')])
    await expect(ifFound(Promise.reject(error))).rejects.toBe(error)
})

describe('whether the same call may succeed later', () => {
  test.each(UNREACHABLE)('a call that failed with %s may succeed later', (code) => {
    expect(isUnreachable(new DockerError(code, ''))).toBe(true)
  })
  test.each([...REFUSED, ...UNREADABLE])(
    'a call that failed with %s will not succeed later',
    (code) => {
      expect(isUnreachable(new DockerError(code, ''))).toBe(false)
    },
  )
  test('whether a call may succeed later is not said of other errors', () => {
    expect(isUnreachable(new Error('unreachable'))).toBe(false)
  })
})

describe('whether it may have been done all the same', () => {
  test.each([...UNREACHABLE, ...UNREADABLE, 'server_error'] as const)(
    '%s leaves open whether the call was carried out',
    (code) => {
      expect(isInDoubt(new DockerError(code, ''))).toBe(true)
    },
  )
  test.each(REFUSED.filter((code) => code !== 'server_error'))(
    '%s says that the call was not carried out',
    (code) => {
      expect(isInDoubt(new DockerError(code, ''))).toBe(false)
    },
  )
})

test('no error code is of two families', () => {
  const codes = [...REFUSED, ...UNREACHABLE, ...UNREADABLE]
  expect(new Set(codes).size).toBe(codes.length)
})
