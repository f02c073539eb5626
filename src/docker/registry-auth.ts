import * as v from 'valibot'
import { registryHost, splitImage } from './image-name.ts'

/** The key of Docker Hub in config.json. It is not Docker Hub's host name. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

const Login = v.object({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
})
type Login = v.InferOutput<typeof Login>

/** Credentials for registries, in the form of the docker CLI's config.json. */
export const RegistryLogins = v.object({
  auths: v.optional(v.record(v.string(), Login), {}),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.record(v.string(), v.string()), {}),
})
export type RegistryLogins = v.InferOutput<typeof RegistryLogins>

/** A user with a password, or an identity token. */
export type Credentials = { username: string; password: string } | { identitytoken: string }

/** Credentials that exist and cannot be read. The message names where they are and says what to do. */
export class RegistryAuthError extends Error {
  override readonly name = 'RegistryAuthError'
}

/** The key in config.json for an image's registry: `ghcr.io` for `ghcr.io/org/image:1`. */
export const registryOf = (image: string): string => {
  const host = registryHost(splitImage(image).registry)
  return host === 'docker.io' ? DOCKER_HUB : host
}

/**
 * What the logins say of a registry. `stored`: its credentials. `helper`: the credential helper that keeps them, as
 * `docker-credential-<helper>`. `isNamed`: they name the registry, and not only a helper for all registries.
 */
export const findLogin = (
  { auths, credHelpers, credsStore }: RegistryLogins,
  registry: string,
): { stored?: Credentials | undefined; helper?: string | undefined; isNamed: boolean } => {
  const logins = entriesOf(auths, registry)
  const [ofRegistry] = entriesOf(credHelpers, registry)
  return {
    stored: logins.map(credentialsIn).find((credentials) => credentials !== undefined),
    helper: ofRegistry ?? credsStore,
    isNamed: logins.length > 0 || ofRegistry !== undefined,
  }
}

/** The entries of a registry: of the exact key, and of the keys that the docker CLI takes for the same host. */
const entriesOf = <T>(entries: Readonly<Record<string, T>>, registry: string): T[] => {
  const host = hostOf(registry)
  const same = Object.entries(entries).filter(([key]) => hostOf(key) === host)
  const exact = same.filter(([key]) => key === registry)
  return [...exact, ...same.filter(([key]) => key !== registry)].map(([, entry]) => entry)
}

/** The host in a key, which may be an address such as `https://ghcr.io/v2/`. */
const hostOf = (key: string): string =>
  registryHost(key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '')

const credentialsIn = (login: Login): Credentials | undefined => {
  if (login.identitytoken) return { identitytoken: login.identitytoken }
  const decoded = decode(login.auth ?? '')
  const colon = decoded.indexOf(':')
  const username = login.username ?? decoded.slice(0, Math.max(colon, 0))
  const password = login.password ?? decoded.slice(colon + 1)
  return username ? { username, password } : undefined
}

/** The `X-Registry-Auth` header with credentials for a registry. */
export const authHeader = (credentials: Credentials, registry: string): string =>
  // The header must be URL-safe base64 with padding. The Engine silently ignores any other form.
  encode(JSON.stringify({ ...credentials, serveraddress: registry }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')

// `Buffer` does not exist on every platform with fetch, and `btoa` takes only bytes.
const encode = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

const decode = (base64: string): string => {
  try {
    const bytes = atob(base64.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
  } catch {
    return ''
  }
}
