import * as v from 'valibot'
import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { completePolicy, type Policy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import { EnvError } from './env-error.ts'
import { readHubNames } from './service-settings.ts'

/** Reads a file of JSON or YAML into a value; absent where there are no files (workerd). */
type ReadData = (path: string) => unknown

const NAME = 'SWARMSPAWNER_POLICY'

/**
 * Reads what hubs and their users may have: a file, or JSON where the text begins with a brace; the built-in policy
 * where nothing is set, which depends on whether there are several hubs. Throws an EnvError that names each key that is not known or has the wrong type.
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
  if (result.success) return completePolicy(result.output, hubs)
  const issues = result.issues.map((issue) => describe(issue))
  throw new EnvError(`${isJson ? NAME : text}: ${issues.join('; ')}`)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not its cause, which quotes the text.
    throw new EnvError(`${NAME} begins with a brace and is not JSON`)
  }
}

const load = (path: string, readData?: ReadData): unknown => {
  if (!readData) throw new EnvError(`${NAME}: there are no files on this platform; set it to JSON`)
  try {
    return readData(path)
  } catch (cause) {
    throw new EnvError(`${NAME}: ${path} can't be read: ${whyNot(cause)}`)
  }
}

/** Parsers quote what they were given, which may be another file than was meant, a secret's for one. */
const whyNot = (error: unknown): string => {
  if (!v.is(FileError, error)) return 'it is not JSON or YAML'
  const line = error.linePos?.[0]?.line
  return line === undefined ? error.code : `${error.code} in line ${line}`
}

/** The reason in an error of Node.js (`ENOENT`), or of the YAML parser, which knows the line. */
const FileError = v.object({
  code: v.string(),
  linePos: v.optional(v.array(v.object({ line: v.number() }))),
})

const describe = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'the policy'
  if (issue.expected === 'never') return `${path} is not known`
  // These two have nothing that is expected in words.
  const words = ['regex', 'integer'].includes(issue.type) ? issue.message : issue.expected
  return `${path} must be ${words ?? 'another value'}`
}
