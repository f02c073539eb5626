import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { bytes } from '../../../src/spawner/settings/bytes.ts'

describe('memory in bytes', () => {
  test.each([
    ['1.5G', 1_610_612_736],
    ['512M', 536_870_912],
    ['512 M', 536_870_912],
    ['64m', 67_108_864],
    ['64mb', 67_108_864],
    ['1K', 1024],
    ['2T', 2_199_023_255_552],
    ['1024', 1024],
    ['100b', 100],
    [1024, 1024],
    [undefined, undefined],
    [null, null],
    [true, true],
  ])('%j is %j', (input, expected) => {
    expect(bytes(input, 'mem_limit')).toBe(expected)
  })

  test.each(['', 'G', '1.5.5G', '-1G', '1P', '1GiB', '1e3', '0x10'])('%j is refused', (input) => {
    expect(() => bytes(input, 'mem_limit')).toThrow(
      "mem_limit: must be bytes, or a text such as '512M' or '1.5G'",
    )
  })
})

test('a unit stands for its power of 1024, whatever its case and with or without a B', () => {
  const unit = fc.constantFrom('', 'K', 'M', 'G', 'T').chain((letter) =>
    fc.record({
      power: fc.constant(['', 'K', 'M', 'G', 'T'].indexOf(letter)),
      written: fc.constantFrom(letter, letter.toLowerCase(), `${letter}B`, ` ${letter}b`),
    }),
  )
  fc.assert(
    fc.property(fc.nat(8000), unit, (count, { power, written }) => {
      expect(bytes(`${count}${written}`, 'at')).toBe(count * 1024 ** power)
    }),
  )
})

test('any text is a whole number of bytes that is not negative, or is refused', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,9} ?[KMGTkmgt]?[Bb]?$/))
  fc.assert(
    fc.property(text, (input) => {
      try {
        expect(bytes(input, 'at')).toSatisfy((n: unknown) => Number.isInteger(n) && Number(n) >= 0)
      } catch (error) {
        if (!(error instanceof SpawnError)) throw error
      }
    }),
  )
})
