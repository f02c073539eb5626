import { promisify } from 'node:util'
import * as v from 'valibot'
import { type DockerConfig, DockerConfigError } from './docker-config.node.ts'
import { registryHost, splitImage } from './image-name.ts'

/** The key of Docker Hub in config.json. It is not Docker Hub's host name. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

const HelperAnswer = v.object({ Username: v.string(), Secret: v.string() })

type Credentials = { username?: string; password?: string; identitytoken?: string }

/**
 * The `X-Registry-Auth` header for an image, from config.json and its credential helpers, found as the docker
 * CLI finds it. Undefined when there are no credentials for the image's registry.
 */
export const registryAuth = async (
  config: DockerConfig,
  image: string,
): Promise<string | undefined> => {
  const registry = registryOf(image)
  const helper = entryOf(config.credHelpers, registry) ?? config.credsStore
  const credentials = (helper && (await askHelper(helper, registry))) || stored(config, registry)
  if (!credentials) return undefined
  const header = JSON.stringify({ ...credentials, serveraddress: registry })
  // The header must be URL-safe base64 with padding. The Engine silently ignores any other form.
  return Buffer.from(header).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** The key in config.json for an image's registry: `ghcr.io` for `ghcr.io/org/image:1`. */
export const registryOf = (image: string): string => {
  const host = registryHost(splitImage(image).registry)
  return host === 'docker.io' ? DOCKER_HUB : host
}

/**
 * The entry for a registry: under the exact key, or else under a key that the docker CLI takes for the same
 * host.
 */
const entryOf = <T>(entries: Readonly<Record<string, T>>, registry: string): T | undefined => {
  const key = Object.hasOwn(entries, registry)
    ? registry
    : Object.keys(entries).find((other) => hostOf(other) === hostOf(registry))
  return key === undefined ? undefined : entries[key]
}

/** The host in a key, which may be an address such as `https://ghcr.io/v2/`. */
const hostOf = (key: string): string =>
  registryHost(key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '')

const stored = ({ auths }: DockerConfig, registry: string): Credentials | undefined => {
  const entry = entryOf(auths, registry)
  if (!entry) return undefined
  if (entry.identitytoken) return { identitytoken: entry.identitytoken }
  const decoded = Buffer.from(entry.auth ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = entry.username ?? decoded.slice(0, Math.max(colon, 0))
  const password = entry.password ?? decoded.slice(colon + 1)
  return username ? { username, password } : undefined
}

const askHelper = async (helper: string, registry: string): Promise<Credentials | undefined> => {
  const program = `docker-credential-${helper}`
  const { execFile } = await import('node:child_process')
  const asked = promisify(execFile)(program, ['get'], { timeout: 10_000 })
  // If the helper ends without reading, the write fails. The helper's exit code says more than that error.
  asked.child.stdin?.on('error', () => {})
  asked.child.stdin?.end(registry)
  const answer = await asked.catch((cause: unknown) => {
    const output = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : ''
    if (output.includes('credentials not found')) return undefined
    throw new DockerConfigError(`${program} failed: is it installed, and does "get" work?`)
  })
  if (!answer) return undefined
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), HelperAnswer), answer.stdout)
  if (!parsed.success) throw new DockerConfigError(`${program} answered something else than JSON`)
  const { Username, Secret } = parsed.output
  // Helpers use this user name to say that the secret is an identity token.
  return Username === '<token>'
    ? { identitytoken: Secret }
    : { username: Username, password: Secret }
}
