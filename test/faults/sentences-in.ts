import { PROBLEMS } from '../../handlers/errors.ts'
import { userMessage } from '../../src/spawner/state/user-message.ts'

const PROBLEM = /\b\d{3} (engine_\w+|superseded|name_taken)\b/g
/** A state that ends an answer, with its reason. */
const STATE = /(?:^|; then |: )(failed|exited|absent): (.+)$/

const sentences: ReadonlyMap<string, string> = new Map(
  Object.entries(PROBLEMS).map(([code, { user }]) => [code, user]),
)

/** What a student reads where a row tells of answers in short words: the sentences for its codes and its state. */
export const sentencesIn = (answer: string): string => {
  const ofProblems = [...answer.matchAll(PROBLEM)].map(([, code = '']) => sentences.get(code))
  const [, state, reason = ''] = STATE.exec(answer) ?? []
  const ofState = state === undefined ? undefined : userMessage({ state, reason })
  return [...new Set([...ofProblems, ofState])].filter((text) => text !== undefined).join(' / ')
}
