import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditLine } from '../../../handlers/audit/audit-line.ts'
import { jsonText } from '../../../handlers/every-call/json-text.ts'
import type { Act } from '../../../src/spawner/audit.ts'
import { HOSTILE, UNPRINTABLE } from '../../support/hostile-engine.ts'

/** Characters that end a line, control a terminal, turn the text around, are half of a character, or end a text of JSON. */
const NASTY = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\0', '\u001b[2J', '\u202e', '\ufeff']
const HALVES = ['\ud800', '\udc00', '\u{1f600}', '"', '\\', '"}\n{"act":"gc"', '\u{e0001}']
const text = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...NASTY, ...HALVES, 'a'), { maxLength: 60 }).map((all) => all.join('')),
  // Its 2,048th unit is half of a character.
  fc.integer({ min: 2040, max: 2060 }).map((length) => `${'x'.repeat(length)}\u{1f600}`),
)
const texts = fc.array(text, { maxLength: 80 })
/** Every field of an act that is somebody else's text. */
const hostileAct: fc.Arbitrary<Act> = fc.record({
  act: fc.constant('start' as const),
  hub: text,
  request_id: text,
  username: text,
  groups: texts,
  server_name: text,
  service: text,
  service_id: text,
  spawn_id: text,
  profile: text,
  image: text,
  digest: text,
  node: text,
  at: text,
  command: text,
  os_user: text,
  sudo_user: text,
  host: text,
  rules: texts,
  outcome: text,
  code: text,
  reason: text,
})

/** 22 texts of 2,048 characters and two lists of 50 of them. A quote takes two. */
const MOST = 2 * 2048 * (22 + 2 * 50) + 10_000

describe('whatever others put into an act', () => {
  test('it is one line of valid JSON and UTF-8, with a bound, and no other field than those of the act', () => {
    fc.assert(
      fc.property(hostileAct, (act) => {
        const line = jsonText(auditLine(act, 0))
        expect(line).not.toMatch(UNPRINTABLE)
        expect(line.split(/[\n\r\u2028\u2029]/)).toHaveLength(1)
        expect(Buffer.from(line).toString()).toBe(line)
        expect(line.length).toBeLessThan(MOST)
        const read: unknown = JSON.parse(line)
        const { time: _, level: __, message: ___, by: ____, ...fields } = Object(read)
        expect(read).toMatchObject({ act: 'start', by: 'service', message: 'audit' })
        expect(Object.keys(fields).sort()).toEqual(Object.keys(act).sort())
      }),
      { numRuns: 150 },
    )
  })

  test('texts of 10 MB cost no more than short ones, and are cut', () => {
    const long = HOSTILE.repeat(10_000_000 / HOSTILE.length)
    const many = Array.from({ length: 100_000 }, () => long)
    const act = { act: 'refuse', username: long, groups: many, rules: many, reason: long } as const
    const line = jsonText(auditLine(act, 0))
    expect(line.length).toBeLessThan(MOST)
    expect(JSON.parse(line).groups).toHaveLength(50)
  })
})
