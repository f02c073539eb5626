import { promisify } from 'node:util'
import * as v from 'valibot'
import { type DockerConfig, DockerConfigError } from './docker-config.node.ts'

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
  const helper = config.credHelpers[registry] ?? config.credsStore
  const credentials = (helper && (await askHelper(helper, registry))) || stored(config, registry)
  if (!credentials) return undefined
  const header = JSON.stringify({ ...credentials, serveraddress: registry })
  // URL-safe, yet padded: the Engine passes over a header that is not, without a word.
  return Buffer.from(header).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** `ghcr.io/org/image:1` is of ghcr.io; a first part with neither dot nor colon is a Docker Hub user. */
export const registryOf = (image: string): string => {
  const first = image.includes('/') ? (image.split('/')[0] ?? '') : ''
  const isHost = first === 'localhost' || /[.:]/.test(first)
  return !isHost || first === 'docker.io' ? DOCKER_HUB : first
}

const stored = ({ auths }: DockerConfig, registry: string): Credentials | undefined => {
  const entry = auths[registry] ?? auths[`https://${registry}`]
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
