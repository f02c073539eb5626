import { expect } from 'vitest'
import { PROBLEMS } from '../../handlers/errors.ts'
import { problemOf } from '../support/test-hub.ts'
import { MISPLACED, SECRET } from './odd-values.ts'

const DECLARED: ReadonlySet<string> = new Set(
  Object.keys(PROBLEMS).filter((code) => code !== 'internal'),
)
const MEANINGS: Readonly<Record<string, { status: number; title: string; user: string }>> = PROBLEMS

/**
 * What holds for every answer: 200 or a row of PROBLEMS but `internal`, well-formed, no secret in it or in its headers.
 * Answers its status and text.
 */
export const checkAnswer = async (
  response: Response,
): Promise<{ status: number; text: string }> => {
  const { status } = response
  const text = await response.clone().text()
  expect(text, 'the answer').not.toContain(SECRET)
  expect(JSON.stringify([...response.headers]), 'its headers').not.toContain(SECRET)
  if (status !== 200) await checkProblem(response, text)
  return { status, text }
}

const checkProblem = async (response: Response, text: string): Promise<void> => {
  const problem = await problemOf(response)
  expect(DECLARED, text).toContain(problem.code)
  const meaning = MEANINGS[problem.code]
  expect(problem).toMatchObject({ status: meaning?.status, title: meaning?.title })
  expect(problem).toMatchObject({ user_message: meaning?.user, detail: expect.stringMatching(/./) })
  // The Engine quotes names and images, and its words are handed on; ours name the field only.
  if (!problem.code.startsWith('engine_')) expect(text).not.toContain(MISPLACED)
}
