import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPieces, createScale, joined } from '../../src/docker/pieces.ts'

test('pieces are taken as they came, in their order', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 600 })
  void fc.assert(
    fc.property(pieces, fc.nat(600), (given, first) => {
      const own = createPieces()
      for (const piece of given.slice(0, first)) own.push(piece)
      const before = joined(own.take())
      for (const piece of given.slice(first)) own.push(piece)
      expect(Buffer.concat([before, ...own.take()])).toEqual(Buffer.concat(given))
      expect(own.take()).toEqual([])
    }),
  )
})

test('a million bytes that come alone are held in few pieces', () => {
  const own = createPieces()
  for (let index = 0; index < 1_000_000; index++) own.push(Uint8Array.of(index))
  expect(own.take().length).toBeLessThan(4000)
})

test('a million bytes that come alone weigh as much as the work that they make', () => {
  const weightOf = createScale()
  const one = Uint8Array.of(1)
  const weights = Array.from({ length: 2000 }, () => weightOf(one))
  expect(weights.slice(0, 1024).every((weight) => weight === 1)).toBe(true)
  expect(weights.slice(1024).every((weight) => weight === 32)).toBe(true)
  expect(weightOf(new Uint8Array(100))).toBe(100)
})
