import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROBLEMS } from '../../handlers/errors.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { readReason } from '../../src/spawner/state/advice.ts'
import { sentenceOn, userMessage } from '../../src/spawner/state/user-message.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { sentencesIn } from './sentences-in.ts'

/** As in-words.ts says them. */
const STATE =
  /^\*\*(absent|exited|failed|running)(?:, status \d+)?\*\*(?:: (.*?))?(?:; and the last lines of its log)?(?:\. \*(.*)\*)?$/
const REFUSED = /^\*\*4\d\d (\w+)\*\*: (?:POST \/services\/create: )?(.*?)(?:\. \*.*)?$/

const rows = readFileSync(join(projectRoot, 'docs/faults.md'), 'utf8')
  .split('\n## ')
  .slice(1)
  .flatMap((section) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| fault |'))
      .map((line) => line.slice(2, -2).split(/(?<!\\) \| /))
      .map(([fault = '', answer = '', told = '']) => ({
        fault: `${section.split('\n')[0]}: ${fault}`,
        answer,
        told,
      })),
  )
const ofService = rows.filter(({ fault }) => !fault.startsWith('As the hub sees it'))

const sentenceOf = (answer: string): string => {
  const [, state, reason, advice = ''] = STATE.exec(answer) ?? []
  // Only the container tells that memory was not the cause.
  if (advice.includes('not for its memory limit')) return sentenceOn('killed')
  if (state) return userMessage({ state, reason: reason ?? null }) ?? ''
  const [, code = '', words = ''] = REFUSED.exec(answer) ?? []
  const { kind } = readReason(words)
  if (code.startsWith('engine_') && kind !== 'unknown') return sentenceOn(kind)
  return Object.entries(PROBLEMS).find(([name]) => name === code)?.[1].user ?? sentencesIn(answer)
}

describe('docs/faults.md', () => {
  test('the page of faults has rows of all kinds, with and without a sentence', () => {
    expect(ofService.length).toBeGreaterThan(70)
    expect(ofService.filter(({ told }) => told !== '').length).toBeGreaterThan(40)
    expect(rows.length).toBeGreaterThan(ofService.length)
  })

  test.each(ofService)('a student reads what the page of faults says: $fault', (row) => {
    expect(row.told).toBe(sentenceOf(row.answer))
    for (const sentence of row.told.split(' / ')) if (sentence !== '') expectSentence(sentence)
  })
})
