import { promisify } from 'node:util'
import * as v from 'valibot'
import { type DockerConfig, DockerConfigError } from './docker-config.node.ts'
import { authHeader, type Credentials, findLogin, registryOf } from './registry-auth.ts'

const HelperAnswer = v.object({ Username: v.string(), Secret: v.string() })

/**
 * The `X-Registry-Auth` header for an image, from config.json and its credential helpers, found as the docker
 * CLI finds it. Undefined when there are no credentials for the image's registry.
 */
export const registryAuth = async (
  config: DockerConfig,
  image: string,
): Promise<string | undefined> => {
  const registry = registryOf(image)
  const { stored, helper } = findLogin(config, registry)
  const credentials = (helper && (await askHelper(helper, registry))) || stored
  return credentials && authHeader(credentials, registry)
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
