import { createHash } from 'node:crypto'
import type { Registry } from './start-registry.ts'

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json'

/**
 * Puts a manifest list into a registry as `<repository>:<tag>`, and returns its digest. For each platform it names the
 * image of a digest that the registry has.
 */
export const pushIndex = async (
  registry: Registry,
  { repository, tag, manifest, platforms }: IndexOptions,
): Promise<string> => {
  const { size } = await inspect(registry, repository, manifest)
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: platforms.map((platform) => {
      const [os = '', architecture = ''] = platform.split('/')
      return { mediaType: MANIFEST, digest: manifest, size, platform: { os, architecture } }
    }),
  })
  await ask(registry, `${repository}/manifests/${tag}`, {
    method: 'PUT',
    body: index,
    headers: { 'content-type': INDEX },
  })
  return `sha256:${createHash('sha256').update(index).digest('hex')}`
}

interface IndexOptions {
  repository: string
  tag: string
  /** The digest of an image in the same repository. */
  manifest: string
  /** Such as `linux/arm64`. */
  platforms: readonly string[]
}

const inspect = async (registry: Registry, repository: string, manifest: string) => {
  const headers = { accept: MANIFEST }
  const answer = await ask(registry, `${repository}/manifests/${manifest}`, { headers })
  return { size: (await answer.arrayBuffer()).byteLength }
}

const ask = async (
  { address, username, password }: Registry,
  path: string,
  { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
): Promise<Response> => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const answer = await fetch(`http://${address}/v2/${path}`, {
    ...init,
    headers: { ...headers, authorization },
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}
