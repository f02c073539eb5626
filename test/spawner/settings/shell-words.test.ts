import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellWords } from '../../../src/spawner/settings/shell-words.ts'
import { growth, LINEAR } from '../../support/growth.ts'

/** What Python's shlex.split makes of each text: words, or null where it finds no closing quote. */
const shlex = (texts: readonly string[]): unknown => {
  const program = `
import json, shlex, sys
def split(text):
    try:
        return shlex.split(text)
    except ValueError:
        return None
print(json.dumps([split(text) for text in json.load(sys.stdin)]))`
  return JSON.parse(
    execFileSync('python3', ['-c', program], { input: JSON.stringify(texts), encoding: 'utf8' }),
  )
}

const ours = (text: string): string[] | null => {
  try {
    return shellWords(text, 'args')
  } catch {
    return null
  }
}

test.each([
  ['start-notebook.sh --debug', ['start-notebook.sh', '--debug']],
  ['  a\t b\nc ', ['a', 'b', 'c']],
  [String.raw`echo "a \" b"`, ['echo', 'a " b']],
  [`sh -c 'echo "it is $HOME"'`, ['sh', '-c', 'echo "it is $HOME"']],
  [String.raw`a\ b --x="1 2"'3 4'`, ['a b', '--x=1 23 4']],
  [`''`, ['']],
  [String.raw`"\n" '\n'`, [String.raw`\n`, String.raw`\n`]],
])('the command %j is the words %j', (text, words) => {
  expect(shellWords(text, 'args')).toEqual(words)
})

test.each(["echo it's fine", 'say "a', String.raw`a\\\ `.trim(), "'", String.raw`"\"`])(
  'the command %j is refused, since it is cut off',
  (text) => {
    expect(() => shellWords(text, 'args')).toThrow(
      'a quote that is not closed, or a backslash at the end',
    )
  },
)

test('every text is split as shlex splits it', () => {
  const texts = fc.sample(
    fc.string({
      unit: fc.constantFrom(' ', '\t', '\n', '\u00a0', '"', "'", '\\', 'a', 'é', '$', '#'),
    }),
    2000,
  )
  expect(texts.map(ours)).toEqual(shlex(texts))
})

test.each([`a`, ` `, `"`, `a"`, `'`, `\\`, `\\"`, `"a" `, `"a"`, `"'`])(
  'the time of splitting grows with the text: %j again and again',
  (piece) => {
    const work = (size: number) => () => ours(piece.repeat(size))
    expect(growth(work, 50_000)).toBeLessThan(LINEAR)
  },
)
