import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { ProcessEnv } from './process-env.ts'
import { RegistryLogins } from './registry-auth.ts'

/** The fields of the docker CLI's config.json that we read. */
export const DockerConfig = v.object({
  currentContext: v.optional(v.string()),
  ...RegistryLogins.entries,
})
export type DockerConfig = v.InferOutput<typeof DockerConfig>

/** A file of the docker CLI that cannot be used. The message names the file and says what to do. */
export class DockerConfigError extends Error {
  override readonly name = 'DockerConfigError'
}

/** Where the docker CLI keeps config.json and its contexts: `DOCKER_CONFIG`, else `~/.docker`. */
export const dockerConfigDir = (env: ProcessEnv): string =>
  env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker')

/** Reads the docker CLI's config.json. A missing file counts as an empty one. */
export const readDockerConfig = (env: ProcessEnv): DockerConfig => {
  const file = join(dockerConfigDir(env), 'config.json')
  const text = readIfPresent(file)
  return text === undefined ? v.parse(DockerConfig, {}) : parseFile(file, text, DockerConfig)
}

/** Parses a JSON file with a schema; the error names the file and the field, never the content. */
export const parseFile = <S extends v.GenericSchema>(
  file: string,
  text: string,
  schema: S,
): v.InferOutput<S> => {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text)
  if (result.success) return result.output
  const field = v.getDotPath(result.issues[0])
  throw new DockerConfigError(`${file}: ${field ? `"${field}" is not as expected` : 'not JSON'}`)
}

/** Reads a text file. Undefined when the file does not exist. */
export const readIfPresent = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new DockerConfigError(`${file} can't be read`, { cause })
  }
}
