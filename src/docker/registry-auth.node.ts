import { promisify } from 'node:util'
import * as v from 'valibot'
import { type DockerConfig, DockerConfigError } from './docker-config.node.ts'
import { registryHost, splitImage } from './image-name.ts'

/** Docker Hub's key in config.json, which is not its host name. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

const HelperAnswer = v.object({ Username: v.string(), Secret: v.string() })

type Credentials = { username?: string; password?: string; identitytoken?: string }

/**
 * The `X-Registry-Auth` header for an image, from config.json and its credential helpers as the docker CLI
 * reads them; undefined where no credentials are kept for its registry.
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
  // URL-safe, yet padded: the Engine passes over a header that is not, without a word.
  return Buffer.from(header).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** The key of config.json for an image's registry: `ghcr.io/org/image:1` is of ghcr.io. */
export const registryOf = (image: string): string => {
  const host = registryHost(splitImage(image).registry)
  return host === 'docker.io' ? DOCKER_HUB : host
}

/** What is kept for a registry: by its key, else by one that the docker CLI takes for the same host. */
const entryOf = <T>(entries: Readonly<Record<string, T>>, registry: string): T | undefined => {
  const key = Object.hasOwn(entries, registry)
    ? registry
    : Object.keys(entries).find((other) => hostOf(other) === hostOf(registry))
  return key === undefined ? undefined : entries[key]
}

/** Keys may be addresses: `https://ghcr.io/v2/`. */
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
  // A helper that ends without reading makes the write fail; its exit code tells more.
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
  // The helpers' way to say that the secret is an identity token.
  return Username === '<token>'
    ? { identitytoken: Secret }
    : { username: Username, password: Secret }
}
