import notFound from '../../fixtures/28.5/service-inspect.404.json' with { type: 'json' }
import type { EmbeddedService, Swarm } from './swarm.ts'
import { findByReference } from './wire/find-by-reference.ts'
import { refusal } from './wire/refusal.ts'

/**
 * Finds a service by full id, exact name, or the beginning of its id. Throws the Engine's refusal when there is
 * none.
 */
export const findService = (swarm: Swarm, reference: string): EmbeddedService => {
  const service = serviceNamed(swarm, reference)
  if (!service) throw refusal(notFound, { nosuch: reference })
  return service
}

/** `findService`, but returns undefined when there is none. */
export const serviceNamed = (swarm: Swarm, reference: string): EmbeddedService | undefined =>
  findByReference(swarm.services.values(), reference, {
    kind: 'service',
    id: ({ id }) => id,
    name: ({ spec }) => spec.Name ?? '',
  })
