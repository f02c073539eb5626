import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redact } from '../../../src/spawner/state/redact.ts'

describe('secrets in the last lines of a server', () => {
  test.each([
    ['a token of the hub', 'got s3cr3t!', ['JUPYTERHUB_API_TOKEN=s3cr3t!'], 'got [redacted]'],
    ['each time', 's3cr3t s3cr3t', ['A_TOKEN=s3cr3t'], '[redacted] [redacted]'],
    ['a password', 'pw hunter22', ['DB_PASSWORD=hunter22'], 'pw [redacted]'],
    ['in small letters', 'pw hunter22', ['db_passwd=hunter22'], 'pw [redacted]'],
    ['a key with = in it', 'key YWJj==', ['AWS_SECRET_ACCESS_KEY=YWJj=='], 'key [redacted]'],
    ['a cookie', 'c abcd', ['COOKIE=abcd'], 'c [redacted]'],
    ['credentials', 'c abcd', ['GOOGLE_CREDENTIALS=abcd'], 'c [redacted]'],
    ['signs of regular expressions', 'x a.*$& y', ['TOKEN=a.*$&'], 'x [redacted] y'],
    ['the longer of two alike', 'is abcdef', ['A_KEY=abcd', 'B_KEY=abcdef'], 'is [redacted]'],
    ['a token in an address', 'http://h/?token=abc&x=1', [], 'http://h/?token=[redacted]&x=1'],
    ['a token in any letters', 'TOKEN=abc def', [], 'TOKEN=[redacted] def'],
    [
      'one in the mark of another',
      'reda cted',
      ['A_KEY=reda', 'B_KEY=cted'],
      '[redacted] [redacted]',
    ],
    [
      'the beginning of a long one',
      `${'x'.repeat(80)} y`,
      [`KEY=${'x'.repeat(900)}`],
      '[redacted]',
    ],
    ['each line of a key', 'k MIIEv', ['KEY=-----BEGIN\nMIIEv\n'], 'k [redacted]'],
    ['a password in quotes', `password=abc" x`, [], 'password=[redacted]" x'],
  ])('secrets in the last lines of a server are hidden: %s', (_, line, env, expected) => {
    expect(redact([line], env)).toEqual([expected])
  })

  test.each([
    ['other variables', 'home /home/jovyan', ['HOME=/home/jovyan']],
    ['short values, which would blot out everything', 'a is a', ['A_TOKEN=a']],
    [
      'words that are no secrets',
      'true on 2048 at localhost',
      ['AUTH=true', 'KEY=2048', 'C_KEY=localhost'],
    ],
    ['variables without a value', 'x', ['TOKEN', 'KEY=']],
    ['no variables', 'x y', []],
    ['an empty line', '', ['TOKEN=abcd']],
  ])('the last lines of a server stay as they are: %s', (_, line, env) => {
    expect(redact([line], env)).toEqual([line])
  })

  test('hidden secrets make no line longer than a mark for each four of its letters, whatever the values are', () => {
    const piece = fc.constantFrom('reda', 'cted', '[red', 'acte', 'd]xx', 'a', '[')
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece, { maxLength: 40 }), (values, words) => {
        const line = words.join('')
        const [safe = ''] = redact(
          [line],
          values.map((value, index) => `KEY_${index}=${value}`),
        )
        expect(safe.length).toBeLessThanOrEqual(Math.ceil(line.length / 4) * 10 + 4)
      }),
    )
  })

  test('secrets are gone from every line, and no line is lost', () => {
    const secret = fc.stringMatching(/^[A-Z0-9]{8,20}$/)
    fc.assert(
      fc.property(secret, secret, fc.array(fc.string()), (a, b, lines) => {
        const told = lines.flatMap((line) => [`${line}${a}`, `${b}${line}`])
        const safe = redact(told, [`A_TOKEN=${a}`, `B_TOKEN=${b}`])
        expect(safe).toHaveLength(told.length)
        expect(safe.some((line) => line.includes(a) || line.includes(b))).toBe(false)
      }),
    )
  })
})
