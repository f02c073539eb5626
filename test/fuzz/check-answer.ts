import { expect } from 'vitest'
import { isAnswer } from '../../handlers/caller/signature.ts'
import { PROBLEMS } from '../../handlers/errors.ts'
import { UNPRINTABLE } from '../support/hostile-engine.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { keyOf, problemOf, SECRETS } from '../support/test-hub.ts'
import { MISPLACED, SECRET } from './odd-values.ts'

const DECLARED: ReadonlySet<string> = new Set(
  Object.keys(PROBLEMS).filter((code) => code !== 'internal'),
)
const MEANINGS: Readonly<
  Record<string, { status: number; title: string; user: string; chosen?: string }>
> = PROBLEMS

/** The names of options that a sentence quotes: they are the caller's own. */
const NAMED = / for "[A-Za-z][\w -]*"(?:, "[A-Za-z][\w -]*")*\./
const CHOOSE = 'Please choose something else, or tell your administrator.'

/**
 * What holds for every answer: a success or a row of PROBLEMS but `internal`, well-formed, no secret in it or in its headers,
 * and rightly signed if it is.
 * Answers its status and text.
 */
export const checkAnswer = async (
  response: Response,
): Promise<{ status: number; text: string }> => {
  const { status } = response
  const text = await response.clone().text()
  expect(text, 'the answer').not.toContain(SECRET)
  expect(JSON.stringify([...response.headers]), 'its headers').not.toContain(SECRET)
  if (!response.ok) await checkProblem(response, text)
  checkSignature(response.headers, text)
  return { status, text }
}

/** An answer that is signed is signed under its id; nothing in it breaks a line or steers a terminal. */
const checkSignature = (headers: Headers, text: string): void => {
  const id = headers.get('webhook-id')
  if (id === null) return
  const key = keyOf(SECRETS.default)
  expect(isAnswer(key, { id, body: '' }, { headers, body: text }), 'its signature').toBe(true)
  expect(text).not.toMatch(UNPRINTABLE)
}

const checkProblem = async (response: Response, text: string): Promise<void> => {
  const problem = await problemOf(response)
  expect(DECLARED, text).toContain(problem.code)
  const meaning = MEANINGS[problem.code]
  expect(problem).toMatchObject({ status: meaning?.status, title: meaning?.title })
  expect(problem.detail).toMatch(/./)
  const sentence = problem.user_message.replace(NAMED, '.')
  expectSentence(sentence)
  // The Engine's words may say more than the code.
  if (!problem.code.startsWith('engine_'))
    expect([meaning?.user, `${meaning?.chosen}. ${CHOOSE}`]).toContain(sentence)
  // The Engine quotes names and images, and its words are handed on; ours name the field only.
  if (!problem.code.startsWith('engine_')) expect(text).not.toContain(MISPLACED)
}
