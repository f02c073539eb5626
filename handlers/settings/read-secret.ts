import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** Reads the file of a Docker secret. Undefined on platforms without files (workerd). */
export type ReadFile = (path: string) => string

/** Reads a secret from its variable, or from the file that the variable with `_FILE` at its end names. */
export const readSecret = (
  env: ProcessEnv,
  name: string,
  readFile?: ReadFile,
): string | undefined => {
  const file = env[`${name}_FILE`]
  if (env[name] && file) throw new EnvError(`Set ${name} or ${name}_FILE, not both`)
  if (!file) return env[name]?.trim() || undefined
  if (!readFile) throw new EnvError(`${name}_FILE: this platform has no files; set ${name}`)
  try {
    return readFile(file).trim() || undefined
  } catch (cause) {
    throw new EnvError(`${name}_FILE: ${file} can't be read`, { cause })
  }
}
