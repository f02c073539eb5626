import { isAskedInAtLeast } from './api-version.ts'
import type { Swarm } from './swarm.ts'
import type { ServiceBody } from './wire/service-body.ts'

/** Leaves out the fields that the request's API version does not know. The Engine silently does the same. */
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
