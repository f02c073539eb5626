import { describe, expect, test } from 'vitest'
import { isSession, makeSession, SESSION_S } from '../../../handlers/status/session.ts'
import { ADMIN_TOKEN } from '../../support/test-hub.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')

describe('the value of a cookie for the status page', () => {
  const value = makeSession(ADMIN_TOKEN, NOW)

  test('it is good for an hour, in every copy that has the token', () => {
    expect(SESSION_S).toBe(3600)
    expect(isSession(ADMIN_TOKEN, value, NOW)).toBe(true)
    expect(isSession(ADMIN_TOKEN, value, NOW + 3_599_000)).toBe(true)
    expect(isSession(ADMIN_TOKEN, value, NOW + 3_600_000)).toBe(false)
  })

  test('it does not have the token, and no other token accepts it', () => {
    expect(value).not.toContain(ADMIN_TOKEN)
    expect(value).not.toContain(btoa(ADMIN_TOKEN))
    expect(isSession(`${ADMIN_TOKEN}x`, value, NOW)).toBe(false)
    expect(isSession('', value, NOW)).toBe(false)
  })

  const [ends = '', proof = ''] = value.split('.')
  test.each([
    ['a later end', `${Number(ends) + 1}.${proof}`],
    ['an end in another spelling', `0${ends}.${proof}`],
    ['no proof', ends],
    ['an empty proof', `${ends}.`],
    ['another proof', `${ends}.${'0'.repeat(64)}`],
    ['a proof in capitals', `${ends}.${proof.toUpperCase()}`],
    ['more behind it', `${value}0`],
    ['a line break', `${value}\n`],
    ['the token itself', ADMIN_TOKEN],
    ['nothing', ''],
  ])('it cannot be forged: %s', (_, forged) => {
    expect(isSession(ADMIN_TOKEN, forged, NOW)).toBe(false)
  })
})
