import { expect, test } from 'vitest'
import { readHealthcheck } from '../../src/spawner/healthcheck.ts'

test('a health check without a test takes the rest', () => {
  expect(readHealthcheck({ Retries: 0, start_interval: '1s' }, 'healthcheck')).toEqual({
    Retries: 0,
    StartInterval: 1e9,
  })
})
