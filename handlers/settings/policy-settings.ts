import * as v from 'valibot'
import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { issueWords } from '../../src/spawner/issue-words.ts'
import { completePolicy, type Policy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import { EnvError } from './env-error.ts'
import { readHubNames } from './service-settings.ts'

/** Reads a file of JSON or YAML into a value. Undefined on platforms without files (workerd). */
export type ReadData = (path: string) => unknown

const NAME = 'SWARMSPAWNER_POLICY'

/**
 * Reads the policy: a file, or JSON if the text begins with a brace. Without the variable it is the built-in
 * policy, which differs for one hub and for several. Throws an EnvError that names each key that is unknown or
 * has the wrong type.
 */
export const readPolicy = (
  env: ProcessEnv,
  readData?: ReadData,
  hubs: readonly string[] = readHubNames(env),
): Policy => {
  const text = env[NAME]?.trim()
  if (!text) return completePolicy({ admin: {}, user: {}, groups: {} }, hubs)
  const isJson = text.startsWith('{')
  const result = v.safeParse(PolicyFile, isJson ? parse(text) : load(text, readData))
  const issues = result.success
    ? unknownHubs(result.output, hubs)
    : result.issues.map((issue) => describe(issue))
  if (result.success && issues.length === 0) return completePolicy(result.output, hubs)
  throw new EnvError(`${isJson ? NAME : text}: ${issues.join('; ')}`)
}

/** Quotas for a hub that the service does not have: a misspelt name would bound nothing. Without a secret, no hub is known. */
const unknownHubs = ({ quotas }: PolicyFile, hubs: readonly string[]): string[] =>
  Object.keys(quotas?.hubs ?? {})
    .filter((hub) => hubs.length > 0 && !hubs.includes(hub))
    .map((hub) => `quotas.hubs.${hub} is no hub of this service; its hubs are ${hubs.join(', ')}`)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // The cause stays out of the error, because it quotes the text.
    throw new EnvError(`${NAME} begins with a brace but is not JSON`)
  }
}

const load = (path: string, readData?: ReadData): unknown => {
  if (!readData) throw new EnvError(`${NAME}: this platform has no files; set it to JSON`)
  try {
    return readData(path)
  } catch (cause) {
    throw new EnvError(`${NAME}: ${path} can't be read: ${whyNot(cause)}`)
  }
}

/**
 * Why a file could not be read. Parsers quote their input, and the file may be the wrong one, for example a
 * secret.
 */
const whyNot = (error: unknown): string => {
  if (!v.is(FileError, error)) return 'it is not JSON or YAML'
  const line = error.linePos?.[0]?.line
  return line === undefined ? error.code : `${error.code} in line ${line}`
}

/** The fields of an error with a reason: Node.js's code (`ENOENT`), and the line from the YAML parser. */
const FileError = v.object({
  code: v.string(),
  linePos: v.optional(v.array(v.object({ line: v.number() }))),
})

const describe = (issue: v.BaseIssue<unknown>): string =>
  `${v.getDotPath(issue) ?? 'the policy'} ${issueWords(issue)}`
