import * as v from 'valibot'
import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { findLogin, RegistryAuthError, RegistryLogins } from '../../src/docker/registry-auth.ts'
import {
  exampleOf,
  helperWords,
  type LoginSource,
} from '../../src/spawner/images/registry-logins.ts'
import { EnvError } from './env-error.ts'
import { type ReadFile, readSecret } from './read-secret.ts'

const NAME = 'SWARMSPAWNER_REGISTRY_AUTH'

/**
 * The registry credentials of the service's own setting. Undefined when it is not set. Throws an EnvError when it is not in
 * the form of config.json, or has no credentials that can be used.
 */
export const readRegistryLogins = (
  env: ProcessEnv,
  readFile?: ReadFile,
): LoginSource | undefined => {
  if (readSecret(env, NAME, readFile) === undefined && !env[`${NAME}_FILE`]) return undefined
  const from = env[`${NAME}_FILE`] ? `${NAME}_FILE` : NAME
  const parse = () => parseLogins(from, readSecret(env, NAME, readFile) ?? '')
  refuseUseless(from, parse())
  return { from, read: () => asAuthError(parse) }
}

/** The field is named, and never the content. */
const parseLogins = (from: string, text: string): RegistryLogins => {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), RegistryLogins), text)
  if (result.success) return result.output
  const field = v.getDotPath(result.issues[0])
  throw new EnvError(
    `${from}: ${field ? `"${field}" is not as expected` : 'not a JSON object'}; write ${EXAMPLE}, or give it the config.json that docker login makes`,
  )
}

const EXAMPLE = exampleOf('ghcr.io')

const refuseUseless = (from: string, logins: RegistryLogins): void => {
  const registries = registriesIn(logins)
  const found = registries.map((registry) => ({ registry, ...findLogin(logins, registry) }))
  if (found.some(({ stored }) => stored !== undefined)) return
  const [kept] = found.flatMap(({ registry, helper }) => (helper ? [{ registry, helper }] : []))
  throw new EnvError(
    kept
      ? helperWords({ from, ...kept })
      : `${from}: it has no credentials; write ${EXAMPLE}, or give it the config.json that docker login makes`,
  )
}

/** The registries that logins name, as they write them. */
export const registriesIn = ({ auths, credHelpers }: RegistryLogins): string[] => [
  ...new Set([...Object.keys(auths), ...Object.keys(credHelpers)]),
]

/** While the service runs, a file that cannot be read is the failure of a start, and not of the service's settings. */
const asAuthError = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof EnvError) throw new RegistryAuthError(error.message)
    throw error
  }
}
