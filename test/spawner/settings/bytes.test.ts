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
    ['16g', 17_179_869_184],
    ['16G', 17_179_869_184],
    ['512mb', 536_870_912],
    ['512MB', 536_870_912],
    ['16 G', 17_179_869_184],
    ['16GiB', 17_179_869_184],
    ['16Gi', 17_179_869_184],
    ['16 gib', 17_179_869_184],
    ['.5G', 536_870_912],
    ['0', 0],
    ['0.3', 0],
    [1024, 1024],
    [undefined, undefined],
    [null, null],
    [true, true],
  ])('memory of %j is %j bytes', (input, expected) => {
    expect(bytes(input, 'mem_limit')).toBe(expected)
  })

  test.each([
    '',
    'G',
    '1.5.5G',
    '-1G',
    '1P',
    '1e3',
    '0x10',
    ' 1',
    '1\n',
    '1i',
    '1iB',
    '1GG',
    '1 Gi B',
    '1.',
    '1.G',
    '\u0661G',
  ])('memory of %j is refused', (input) => {
    expect(() => bytes(input, 'mem_limit')).toThrow(
      "mem_limit: must be a number of bytes, or a text such as '2G'",
    )
  })
})

test('a unit of memory is its power of 1024, in any case and with or without a B', () => {
  const unit = fc.constantFrom('', 'K', 'M', 'G', 'T').chain((letter) =>
    fc.record({
      power: fc.constant(['', 'K', 'M', 'G', 'T'].indexOf(letter)),
      written: fc.constantFrom(
        ...[letter, letter.toLowerCase(), `${letter}B`, ` ${letter}b`],
        ...(letter && [`${letter}i`, `${letter}iB`, ` ${letter.toLowerCase()}ib`]),
      ),
    }),
  )
  fc.assert(
    fc.property(fc.nat(8000), unit, (count, { power, written }) => {
      expect(bytes(`${count}${written}`, 'at')).toBe(count * 1024 ** power)
    }),
  )
})

test('any text of memory is a whole number of bytes that is not negative, or is refused', () => {
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
