import * as v from 'valibot'
import { askEngine, callEngine } from './call-engine.ts'
import type { RealEngine } from './engine-lab.ts'

/** A line of the Engine's answer to a push. The last ones have the digest, or what went wrong. */
const Line = v.object({
  error: v.optional(v.string()),
  aux: v.optional(v.object({ Digest: v.optional(v.string()) })),
})

/** Pushes an image of an Engine to a registry as `image`, and returns its digest. */
export const pushImage = async (
  { socketPath }: RealEngine,
  { from, image, auth }: { from: string; image: string; auth: string },
): Promise<string> => {
  const colon = image.lastIndexOf(':')
  const [repo, tag] = [image.slice(0, colon), image.slice(colon + 1)]
  const name = new URLSearchParams({ repo, tag })
  await askEngine(socketPath, { method: 'POST', path: `/images/${from}/tag?${name}` })
  const headers = { 'X-Registry-Auth': auth }
  const path = `/images/${repo}/push?tag=${tag}`
  const { status, body } = await callEngine(socketPath, { method: 'POST', path, headers })
  const lines = body
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => v.parse(Line, JSON.parse(line)))
  const digest = lines.flatMap(({ aux }) => aux?.Digest ?? []).at(-1)
  if (status !== 200 || digest === undefined) throw new Error(`push ${image}: ${status} ${body}`)
  return digest
}
