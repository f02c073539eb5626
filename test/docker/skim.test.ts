import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSkim, endSkim, readOn, type Wanted } from '../../src/docker/skim.ts'
import { growth, LINEAR } from '../support/growth.ts'

const skim = (pieces: readonly string[], wanted: Wanted = true, maxLength = 1e6): unknown => {
  const own = createSkim(wanted, maxLength)
  for (const piece of pieces) readOn(own, piece)
  return JSON.parse(endSkim(own))
}
const tree = (entries: Record<string, Wanted>): Wanted => new Map(Object.entries(entries))

/** A text in pieces of any lengths. */
const cut = (text: string, cuts: readonly number[]): string[] => {
  const at = [0, ...cuts.map((one) => one % (text.length + 1)).sort((a, b) => a - b), text.length]
  return at.slice(1).map((end, index) => text.slice(at[index], end))
}

test('all of a JSON text is kept where all is wanted, in any pieces', () => {
  const json = fc.jsonValue({ maxDepth: 5, noUnicodeString: false })
  void fc.assert(
    fc.property(json, fc.array(fc.nat(500)), fc.boolean(), (value, cuts, isSpaced) => {
      const text = JSON.stringify(value, null, isSpaced ? 1 : 0)
      expect(skim(cut(text, cuts))).toEqual(JSON.parse(text))
    }),
  )
})

test('the wanted keys of objects are kept, and nothing of all others', () => {
  const anything = fc.jsonValue({ maxDepth: 4 })
  const service = fc.record({ ID: anything, Spec: fc.record({ Name: anything, Env: anything }) })
  const wanted = tree({ ID: true, Spec: tree({ Name: true }) })
  void fc.assert(
    fc.property(fc.array(service), fc.array(fc.nat(2000)), (services, cuts) => {
      const text = JSON.stringify(services)
      const kept = services.map(({ ID, Spec: { Name } }) => ({ ID, Spec: { Name } }))
      expect(skim(cut(text, cuts), wanted)).toEqual(JSON.parse(JSON.stringify(kept)))
    }),
  )
})

test('the keys of a record that are asked for are kept', () => {
  const wanted = tree({ Labels: (key) => key.startsWith('org.') })
  expect(skim(['{"Labels":{"a":"1","org.\\u0061":"2","b":{"org.c":3}}}'], wanted)).toEqual({
    Labels: { 'org.a': '2' },
  })
  expect(skim(['{"Labels":null}'], wanted)).toEqual({ Labels: null })
})

test('brackets, quotes and backslashes in texts are texts', () => {
  const texts = ['"', '\\', '\\"', '{"a":[', ']}', '\\\\', 'a,b:c', '\u2028']
  const value = { a: texts, b: texts, [texts.join()]: 1 }
  expect(skim([JSON.stringify(value)], tree({ b: true }))).toEqual({ b: texts })
  expect(skim([...JSON.stringify(value)], tree({ b: true }))).toEqual({ b: texts })
})

test('a text that is too long is kept as an empty one, a key that is too long not at all', () => {
  const long = 'x'.repeat(70_000)
  expect(skim([JSON.stringify({ a: long, b: 'y', [long]: 1, c: [long] })])).toEqual({
    ...{ a: '', b: 'y', c: [''] },
  })
})

test('a text that is wanted may be as long as the limit', () => {
  const text = JSON.stringify(['x'.repeat(10)])
  expect(skim([text], true, text.length)).toEqual(['x'.repeat(10)])
  expect(() => skim([text], true, text.length - 1)).toThrowError(
    expect.objectContaining({ code: 'answer_too_large' }),
  )
})

test.each(['', '[', '{"a":', '"a', '[1,', ']', '{"a":{"b":1}', 'x'.repeat(100), '['.repeat(100)])(
  '%s is not JSON',
  (text) => {
    expect(() => skim([text], tree({ b: true }))).toThrow()
  },
)

const WORST = ['\\u003c', '\\"', '"', '[', '{"a":', '{"a":"b"},', 'x', ',', '1,', '[]', '{"b":{}},']

test('skimming costs no more than the length, in pieces of any size', () => {
  // Of pieces of one character, most of the time is the collector's.
  for (const piece of WORST)
    for (const start of ['', '[', '["', '{"b":"', '{"b":[', '{"a":'])
      for (const step of [16, 64_000]) {
        const work = (size: number) => {
          const text = start + piece.repeat(Math.ceil(size / piece.length))
          return () => {
            const own = createSkim(tree({ a: true }), 1e9)
            try {
              for (let at = 0; at < text.length; at += step) readOn(own, text.slice(at, at + step))
            } catch {
              // That it is not JSON is noticed early, or not at all.
            }
          }
        }
        expect([start, piece, step, growth(work, 20_000) < LINEAR]).toEqual([
          ...[start, piece, step, true],
        ])
      }
})
