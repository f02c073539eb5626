import { PROBLEMS, type Problem, problemOf } from '../../handlers/errors.ts'
import { UNREACHABLE, UNREADABLE } from '../../src/docker/errors.ts'
import { PROBLEM_EXAMPLES } from './api-examples.ts'
import { PROBLEM_WORDS } from './api-problem-words.ts'
import { refTo, type Schema } from './json-schema.ts'

/** A code for the documentation. */
export type DocumentedCode = {
  code: string
  status: number
  title: string
  retryable: boolean
  meaning: string
}

const WORDS: Readonly<Record<string, string>> = PROBLEM_WORDS

/** Every code, in the order of the table in handlers/errors.ts. */
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

/** A call can be answered with every code except those for unknown routes. */
export const ofHook: CanAnswer = (code) =>
  !/^(no_such_route|no_such_server|method_not_allowed)$/.test(code)
/** The codes of a page that asks the Engine for its state, and for nothing that it could refuse. */
export const ofEngine: CanAnswer = (code) =>
  /^(caller_gone|internal)$/.test(code) || UNASKED.has(code)

/** The codes of a page that needs a token and nothing else. */
export const ofToken: CanAnswer = (code) => /^(unauthorized|internal)$/.test(code)

/** The codes of the status page. If the Engine cannot be asked, the page itself says so. */
export const ofStatusPage: CanAnswer = (code) =>
  /^(unauthorized|invalid_request|internal)$/.test(code)

/** The codes of a page for people and tools. */
export const ofAdminPage: CanAnswer = (code) =>
  /^(unauthorized|invalid_request)$/.test(code) || ofEngine(code)

/** The codes of a page about one server. */
export const ofServerPage: CanAnswer = (code) =>
  /^(no_such_server|busy)$/.test(code) || ofAdminPage(code)

/** The codes of a call of a registry: it asks the Engine what is due. */
export const ofRegistryHook: CanAnswer = (code) =>
  /^(invalid_json|unauthorized|too_large|too_slow|busy)$/.test(code) || ofEngine(code)

/** The codes of a page that reads a file, which an installation may not have. */
export const ofFile: CanAnswer = (code) => /^(no_such_route|internal)$/.test(code)
export const ofNothing: CanAnswer = () => false

/** The answer with one status. */
export type ProblemResponse = {
  description: string
  content: Record<
    'application/problem+json',
    { schema: Schema; examples: Record<string, { value: Problem }> }
  >
}

/** The components: one answer for each status, with all codes of that status. */
export const allProblemResponses = (): Record<string, ProblemResponse> =>
  Object.fromEntries(
    [...codesByStatus()].map(([status, codes]) => [`Problem${status}`, problemResponse(codes)]),
  )

/**
 * One answer for each status of the codes that a route can answer. If these are all codes of the status, it is
 * the component.
 */
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
    PROBLEM_EXAMPLES.map((error) => problemOf(error))
      .filter(({ code }) => names.includes(code))
      .map((value) => [value.code, { value }]),
  )
  const description = codes.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join('\n\n')
  return { description, content: { 'application/problem+json': { schema, examples } } }
}
