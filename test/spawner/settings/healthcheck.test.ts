import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHealthcheck } from '../../../src/spawner/settings/healthcheck.ts'

test('a health check without a test still has its other fields', () => {
  expect(readHealthcheck({ Retries: 0, start_interval: '1s' }, 'healthcheck')).toEqual({
    Retries: 0,
    StartInterval: 1e9,
  })
})

test("a health check reads alike in docker-py's spelling and the Engine's, with durations in either form", () => {
  const seconds = fc.integer({ min: 1, max: 9999 })
  const check = fc.record({
    interval: seconds,
    timeout: seconds,
    retries: fc.nat(9),
    test: fc.string(),
  })
  fc.assert(
    fc.property(check, ({ interval, timeout, retries, test }) => {
      const python = { interval: `${interval}s`, timeout: timeout * 1e9, retries, test }
      const engine = {
        Interval: interval * 1e9,
        Timeout: `${timeout}s`,
        Retries: retries,
        Test: ['CMD-SHELL', test],
      }
      expect(readHealthcheck(python, 'at')).toEqual(readHealthcheck(engine, 'at'))
    }),
  )
})
