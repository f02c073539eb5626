/** The variables of a process, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a file of a Docker secret; absent where there are no files (workerd). */
export type ReadFile = (path: string) => string

/** A setting of the service that can't be used; the message names the variable and what to do, never its value. */
export class EnvError extends Error {
  override readonly name = 'EnvError'
}

/** Reads a secret from its variable, or from the file that the variable with `_FILE` names. */
export const readSecret = (
  env: Environment,
  name: string,
  readFile?: ReadFile,
): string | undefined => {
  const file = env[`${name}_FILE`]
  if (env[name] && file) throw new EnvError(`Set ${name} or ${name}_FILE, not both`)
  if (!file) return env[name]?.trim() || undefined
  if (!readFile)
    throw new EnvError(`${name}_FILE: there are no files on this platform; set ${name}`)
  try {
    return readFile(file).trim() || undefined
  } catch (cause) {
    throw new EnvError(`${name}_FILE: ${file} can't be read`, { cause })
  }
}
