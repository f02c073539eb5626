import * as v from 'valibot'
import { createService } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { buildSpec } from '../../src/spawner/build-spec.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

/** A server to create: its hub, user and image. */
export type Wanted = { hub: string; username: string; server_name?: string; image?: string }

/** An embedded engine with a spawner that writes down each call to the Engine. */
export const createCountedSpawner = (options: Parameters<typeof createEmbeddedEngine>[0] = {}) => {
  const { transport } = createEmbeddedEngine({ memoryBytes: 2 ** 42, nanoCpus: 1e15, ...options })
  const calls: string[] = []
  const spawner = createSpawner(
    (request) => {
      calls.push(`${request.method} ${request.path}`)
      return transport(request)
    },
    options.now ? { now: options.now } : {},
  )
  return { spawner, calls }
}

/** Creates the services of servers, without waiting for them. */
export const createServers = async (
  { docker }: Spawner,
  wanted: readonly Wanted[],
): Promise<string[]> => {
  const names: string[] = []
  for (const { hub, username, server_name = '', image = 'demo/notebook:1' } of wanted) {
    const config = {
      service_image: image,
      resource_spec: { mem_limit: 2 ** 30, mem_reservation: 2 ** 23 },
    }
    const request = v.parse(StartRequest, { server: { username, server_name }, config })
    const { spec } = buildSpec(hub, request)
    await createService(docker, { spec })
    names.push(spec.Name)
  }
  return names
}

/** A thousand servers of two hubs. */
export const A_THOUSAND: readonly Wanted[] = Array.from({ length: 1000 }, (_, index) => ({
  hub: index % 4 === 0 ? 'other' : 'default',
  username: `user-${index}`,
}))
