import {
  authHeader,
  findLogin,
  RegistryAuthError,
  type RegistryLogins,
  registryOf,
} from '../../docker/registry-auth.ts'
import { SpawnError } from '../errors.ts'
import type { Spawner } from '../spawner.ts'

/** Registry credentials that a setting has. `from` is its name. `read` gives what it says now, so that a new file counts. */
export type LoginSource = { from: string; read: () => RegistryLogins }

/** Returns whether an error says that the service cannot read its credentials for a registry. */
export const isUnreadable = (error: unknown): error is SpawnError =>
  error instanceof SpawnError && error.code === 'registry_credentials'

type AskAuth = Spawner['registryAuth']

/**
 * Finds the `X-Registry-Auth` header of an image in a setting. Throws a RegistryAuthError for a registry whose credentials a
 * credential helper keeps, because the service has no such program.
 */
export const authFrom =
  ({ from, read }: LoginSource): AskAuth =>
  async (image) => {
    const registry = registryOf(image)
    const { stored, helper, isNamed } = findLogin(read(), registry)
    if (stored) return authHeader(stored, registry)
    if (helper && isNamed) throw new RegistryAuthError(helperWords({ from, registry, helper }))
    return undefined
  }

/** Says which credential helper keeps what a setting should have, and what to write instead. */
export const helperWords = ({
  from,
  registry,
  helper,
}: {
  from: string
  registry: string
  helper: string
}): string =>
  `${from}: the credentials of ${registry} are kept by docker-credential-${helper}, which cannot run in the service. Write them into it instead: ${exampleOf(registry)}`

/** What a setting with the credentials of a registry looks like. */
export const exampleOf = (registry: string): string =>
  `{"auths": {"${registry}": {"username": "…", "password": "…"}}}`

/**
 * Asks one place for credentials after the other; the first that has some wins. Throws a SpawnError `registry_credentials`
 * where a place cannot be read, so that no image is asked for with the wrong credentials.
 */
export const firstAuth =
  (places: readonly AskAuth[]): AskAuth =>
  async (image) => {
    try {
      for (const ask of places) {
        const auth = await ask(image)
        if (auth !== undefined) return auth
      }
      return undefined
    } catch (error) {
      if (!(error instanceof RegistryAuthError)) throw error
      throw new SpawnError('registry_credentials', error.message)
    }
  }
