import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { nanoseconds } from '../../../src/spawner/settings/durations.ts'

describe('a duration in nanoseconds', () => {
  test.each([
    ['10s', 10_000_000_000],
    ['1m30s', 90_000_000_000],
    ['1.5h', 5_400_000_000_000],
    ['250ms', 250_000_000],
    ['2us', 2000],
    ['7ns', 7],
    ['0s', 0],
    [0, 0],
    [1_000_000, 1_000_000],
    [10e9, 10_000_000_000],
  ])('the duration %j is %i ns', (input, expected) => {
    expect(nanoseconds(input, 'stop_grace_period')).toBe(expected)
  })

  test.each([
    ['', /^delay: must be a duration such as '10s' or '1m30s'$/],
    ['10', /must be a duration such as/],
    ['10 s', /must be a duration such as/],
    ['-1s', /must be a duration such as/],
    ['1d', /must be a duration such as/],
    [1.5, /^delay: must be a duration: '10s', or a whole number/],
    [-1, /must be a duration: /],
    [Number.NaN, /must be a duration: /],
    [2 ** 60, /must be a duration: /],
    [true, /must be a duration: /],
    [null, /must be a duration: /],
    [['10s'], /must be a duration: /],
    [{}, /must be a duration: /],
  ])('the duration %j is refused', (input, message) => {
    expect(() => nanoseconds(input, 'delay')).toThrow(SpawnError)
    expect(() => nanoseconds(input, 'delay')).toThrow(message)
  })

  test('a duration that was meant as seconds is refused, and the right way shown', () => {
    expect(() => nanoseconds(10, 'stop_grace_period')).toThrow(
      "stop_grace_period: 10 ns is too short to be meant: write nanoseconds, or a text such as '10s'",
    )
  })

  test('the units of a duration add up', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(59), fc.nat(59), fc.nat(999), (h, m, s, ms) => {
        expect(nanoseconds(`${h}h${m}m${s}s${ms}ms`, 'at')).toBe(
          ((h * 60 + m) * 60 + s) * 1e9 + ms * 1e6,
        )
      }),
    )
  })
})

test('any duration is nanoseconds that stand for themselves, or is refused', () => {
  const input = fc.oneof(
    fc.anything(),
    fc.double(),
    fc.stringMatching(/^([0-9]{1,4}(\.[0-9]{1,3})?(ns|us|ms|s|m|h)){1,3}$/),
  )
  fc.assert(
    fc.property(input, (given) => {
      try {
        const read = nanoseconds(given, 'at')
        expect(Number.isInteger(read) && read >= 0).toBe(true)
        if (read === 0 || read >= 1e6) expect(nanoseconds(read, 'at')).toBe(read)
      } catch (error) {
        if (!(error instanceof SpawnError)) throw error
      }
    }),
  )
})
