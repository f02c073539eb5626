import { isAskedInAtLeast } from './api-version.ts'
import type { Swarm } from './swarm.ts'
import type { ServiceBody } from './wire/service-body.ts'

/** Leaves out, as the Engine does without a word, what the API version of a request does not know yet. */
export const dropUnknown = (
  { recorded }: Swarm,
  { url }: { url: string },
  body: ServiceBody,
): ServiceBody => {
  const resources = body.TaskTemplate?.Resources
  if (!resources || isAskedInAtLeast(recorded, url, '1.52')) return body
  const { SwapBytes: _, MemorySwappiness: __, ...Resources } = resources
  return { ...body, TaskTemplate: { ...body.TaskTemplate, Resources } }
}
