import { PROBLEMS, type Problem, problemOf } from '../../handlers/errors.ts'
import { UNREACHABLE, UNREADABLE } from '../../src/docker/errors.ts'
import { PROBLEM_EXAMPLES } from './api-examples.ts'
import { PROBLEM_WORDS } from './api-problem-words.ts'
import { refTo, type Schema } from './json-schema.ts'

/** A code as the documentation has it. */
export type DocumentedCode = {
  code: string
  status: number
  title: string
  retryable: boolean
  meaning: string
}

const WORDS: Readonly<Record<string, string>> = PROBLEM_WORDS

/** Every code, in the order of the one table of problems. */
export const documentedCodes = (): DocumentedCode[] =>
  Object.entries<{ status: number; title: string; retryable?: boolean }>(PROBLEMS).map(
    ([code, { status, title, retryable = false }]) => ({
      code,
      status,
      title,
      retryable,
      meaning: WORDS[code] ?? '',
    }),
  )

const UNASKED: ReadonlySet<string> = new Set(
  [...UNREACHABLE, ...UNREADABLE, 'server_error'].map((code) => `engine_${code}`),
)

/** Which codes a route can answer. */
export type CanAnswer = (code: string) => boolean

/** A call can be answered every code but those for which there is no call. */
export const ofHook: CanAnswer = (code) => code !== 'no_such_route' && code !== 'method_not_allowed'
/** Of those who ask the Engine how it is, and for nothing that it could refuse. */
export const ofEngine: CanAnswer = (code) =>
  /^(caller_gone|internal)$/.test(code) || UNASKED.has(code)

/** Of those who read a file that an installation may be without. */
export const ofFile: CanAnswer = (code) => /^(no_such_route|internal)$/.test(code)
export const ofNothing: CanAnswer = () => false

/** What is answered with one status. */
type ProblemResponse = {
  description: string
  content: Record<
    'application/problem+json',
    { schema: Schema; examples: Record<string, { value: Problem }> }
  >
}

/** The components: one answer for each status, with all of its codes. */
export const allProblemResponses = (): Record<string, ProblemResponse> =>
  Object.fromEntries(
    [...codesByStatus()].map(([status, codes]) => [`Problem${status}`, problemResponse(codes)]),
  )

/** One answer for each status of the codes that a route can answer: the component, where those are all of its codes. */
export const problemResponses = (
  canAnswer: CanAnswer,
): Record<string, ProblemResponse | { $ref: string }> =>
  Object.fromEntries(
    [...codesByStatus()].flatMap(([status, all]) => {
      const codes = all.filter(({ code }) => canAnswer(code))
      if (codes.length === 0) return []
      const $ref = `#/components/responses/Problem${status}`
      return [[status, codes.length === all.length ? { $ref } : problemResponse(codes)]]
    }),
  )

const codesByStatus = (): [status: string, codes: DocumentedCode[]][] =>
  [...Map.groupBy(documentedCodes(), ({ status }) => String(status))].sort()

const problemResponse = (codes: readonly DocumentedCode[]): ProblemResponse => {
  const [first] = codes
  const names = codes.map(({ code }) => code)
  const schema: Schema = {
    allOf: [
      { $ref: refTo('Problem') },
      { properties: { status: { const: first?.status }, code: { enum: names } } },
    ],
  }
  const examples = Object.fromEntries(
    PROBLEM_EXAMPLES.map(problemOf)
      .filter(({ code }) => names.includes(code))
      .map((value) => [value.code, { value }]),
  )
  const description = codes.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join('\n\n')
  return { description, content: { 'application/problem+json': { schema, examples } } }
}
