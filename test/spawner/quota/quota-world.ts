import * as v from 'valibot'
import { listServices } from '../../../src/docker/services.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { completePolicy, type Policy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { readLabels } from '../../../src/spawner/server/labels.ts'
import { createSpawner, type Spawner } from '../../../src/spawner/spawner.ts'
import { start } from '../../../src/spawner/start.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

/** A policy of which a test says only the quotas. */
export const policyWith = (quotas: object | undefined, more: object = {}): Policy =>
  completePolicy(v.parse(PolicyFile, { ...more, ...(quotas && { quotas }) }))

/** The start of a user's server. */
export const startOf = (username: string, more: object = {}) => ({
  server: { username },
  config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'] },
  ...more,
})

export type Told = 'running' | SpawnError

/** Copies of the service on one Engine, and what they ask it. `gate` may hold an answer back. */
export const openWorld = (
  policy: Policy,
  {
    copies = 1,
    gate = async () => {},
    now = Date.now,
    ...engine
  }: {
    copies?: number
    gate?: (call: string) => Promise<void>
    now?: () => number
    speed?: number
  } & Parameters<typeof createEmbeddedEngine>[0] = {},
) => {
  const { transport } = createEmbeddedEngine({ speed: 200, now, ...engine })
  const calls: string[] = []
  const gated: EngineTransport = async (request) => {
    const path = request.path.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')
    const call = `${request.method} ${path.replace(/[0-9a-f]{64}/, '{id}')}`
    calls.push(call)
    await gate(call)
    const response = await transport(request)
    await gate(call)
    return response
  }
  const spawners = Array.from({ length: copies }, () => createSpawner(gated, { policy, now }))
  const [first] = spawners
  if (!first) throw new Error('no copy')
  const begin = async (
    given: object,
    { hub = 'default', spawner = first }: { hub?: string; spawner?: Spawner | undefined } = {},
  ): Promise<Told> => {
    const { signal } = new AbortController()
    const request = v.parse(StartRequest, given)
    try {
      for await (const { state, reason } of start(spawner, {
        hub,
        request,
        signal,
        enough: signal,
      }))
        if (state !== 'starting' && state !== 'running') throw new Error(`${state}: ${reason}`)
      return 'running'
    } catch (error) {
      if (error instanceof SpawnError) return error
      throw error
    }
  }
  /** Another copy, which has looked at nothing yet. */
  const anew = () => ({ spawner: createSpawner(gated, { policy, now }) })
  return { anew, spawners, spawner: first, calls, begin, staying: () => staying(transport) }
}

/** Whose servers have a service. */
const staying = async (transport: EngineTransport): Promise<string[]> => {
  const { docker } = createSpawner(transport)

  const services = await listServices(docker)
  return services.flatMap(({ Spec }) => readLabels(Spec.Labels)?.username ?? []).sort()
}

/** Numbers from 0 to 1 that look random and are the same in each run with the same seed. */
export const randomOf = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}
