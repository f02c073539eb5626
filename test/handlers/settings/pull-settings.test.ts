import { describe, expect, test } from 'vitest'
import { EnvError } from '../../../handlers/settings/env-error.ts'
import { readPullPatience } from '../../../handlers/settings/pull-settings.ts'

const read = (text?: string) =>
  readPullPatience(text === undefined ? {} : { SWARMSPAWNER_PULL_PATIENCE: text })

describe('the patience with a pull', () => {
  test.each([
    [undefined, 60_000],
    ['', 60_000],
    ['0s', 0],
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['24h', 86_400_000],
  ])('the patience with a pull of %j is %i ms', (text, ms) => {
    expect(read(text)).toBe(ms)
  })

  test.each(['soon', '25h', '-1m', '60'])(
    'the patience with a pull of %j is refused, and the setting is named',
    (text) => {
      expect(() => read(text)).toThrow(EnvError)
      expect(() => read(text)).toThrow(/^SWARMSPAWNER_PULL_PATIENCE must be /)
    },
  )
})
