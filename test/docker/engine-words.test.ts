import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, fixtureText } from '../../fixtures/fixture.ts'
import { engineWords } from '../../src/docker/engine-words.ts'
import { growth, LINEAR } from '../support/growth.ts'

const SHA = 'a'.repeat(64)

describe("an Engine's words", () => {
  test.each(ENGINE_VERSIONS)(
    "an Engine's words stay as they are, as recorded of Engine %s",
    (version) => {
      const told = fixtureNames(version).flatMap((name) =>
        [
          ...fixtureText(version, name).matchAll(/"(?:Err|Message|message)": ("(?:[^"\\]|\\.)*")/g),
        ].map(([, text = '']): unknown => JSON.parse(text)),
      )
      expect(told.length).toBeGreaterThan(50)
      for (const text of told) expect(engineWords(String(text))).toBe(text)
    },
  )

  test.each([
    [
      'an address',
      'Head "https://user:pw-1@registry.example/v2/": EOF',
      'https://[redacted]@registry',
    ],
    ['a token for a name', 'Get "https://pw-1@registry.example/v2/": EOF', '//[redacted]@registry'],
    [
      'odd characters',
      'Get "https://u:p@w/-1?a#b@registry.example:5000/v2/": EOF',
      '[redacted]@reg',
    ],
    [
      'spaces and quotes',
      'parse "https://u:a \\"pw-1@registry.example": bad',
      '[redacted]@registry',
    ],
    [
      'a proxy',
      'proxyconnect tcp: dial http://u:pw-1@proxy:3128: refused',
      '[redacted]@proxy:3128',
    ],
    ['no scheme', 'dial u:pw-1@registry.example: bad', 'dial [redacted]@registry'],
    ['a host that looks like a digest', 'Get "https://u:pw-1@sha256:5000/x": EOF', '@sha256:5000'],
    [
      'a digest behind it',
      `Get "https://u:pw-1@r/v2/x@sha256:${SHA}": EOF`,
      `]@r/v2/x@sha256:${SHA}`,
    ],
    ['a query', 'Get "https://s3.example/blob?X-Amz-Signature=pw-1": EOF', 'blob?[redacted]": EOF'],
    [
      'an option',
      'mount: addr=192.0.2.1,password=pw-1,vers=3: denied',
      'password=[redacted],vers=3',
    ],
    ['a quoted option', 'access_token="a pw-1" was refused', 'access_token=[redacted]" was'],
    ['a header', 'sent Authorization: Bearer abcdefghijklmnop.pw-1 to', 'Bearer [redacted] to'],
  ])("an Engine's words lose the secret of %s", (_, text, kept) => {
    expect(engineWords(text)).not.toContain('pw-1')
    expect(engineWords(text)).toContain(kept)
  })

  test.each([
    `failed to resolve reference "docker.io/lab/nb@sha256:${SHA}": not found`,
    'no basic auth credentials',
    'ask root@example.org',
    'network web@1 not found',
  ])("an Engine's words that hold no secret stay: %s", (text) => {
    expect(engineWords(text)).toBe(text)
  })

  test("an Engine's words of any length are cut, and never in the middle of an address", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), (length) => {
        const words = engineWords(
          `${'x '.repeat(length / 2)}"https://user:pw-${'1'.repeat(99)}@host/"`,
        )
        expect(words.length).toBeLessThanOrEqual(2048)
        expect(words).not.toContain('pw-1')
      }),
    )
  })

  test("an Engine's words lose every password, whatever it is made of", () => {
    const odd = fc.string({ unit: fc.constantFrom(...'@/:?#&=%+ \\"\'<>é'), maxLength: 12 })
    fc.assert(
      fc.property(odd, odd, (before, after) => {
        const quoted = JSON.stringify(`https://user:${before}s3cr3t${after}@registry.example/v2/`)
        expect(engineWords(`failed to do request: Head ${quoted}: EOF`)).not.toContain('s3cr3t')
      }),
    )
  })

  test("an Engine's words cost no more than their length", () => {
    const pieces = ['"a://', '@', 'a:', '@sha256:', 'token=', 'a_', '\\', '://?', '"', ' ', 'x']
    for (const piece of pieces) {
      const read = (size: number) => () => engineWords(piece.repeat(size))
      expect([piece, growth(read, 20_000) < LINEAR]).toEqual([piece, true])
    }
  })
})
