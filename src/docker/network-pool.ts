import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { engineWords } from './engine-words.ts'
import { isDockerError } from './errors.ts'
import { recordOf } from './record-of.ts'
import { type CallOptions, request } from './request.ts'
import { usableAddresses } from './usable-addresses.ts'

const Words = v.pipe(v.string(), v.transform(engineWords))
const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** The part of a network that tells of its addresses. */
const PooledNetwork = v.object({
  Id: v.string(),
  Name: Words,
  Scope: v.string(),
  Driver: v.string(),
  IPAM: maybe(
    v.object({
      Config: maybe(
        v.array(
          v.object({
            Subnet: v.optional(Words),
            IPRange: v.optional(v.string()),
            Gateway: v.optional(v.string()),
          }),
        ),
      ),
    }),
  ),
  Status: maybe(
    v.object({
      IPAM: maybe(
        v.object({ Subnets: maybe(recordOf(v.object({ DynamicIPsAvailable: v.number() }))) }),
      ),
    }),
  ),
})

/** What a network of Swarm has to give away. */
export type NetworkPool = {
  id: string
  name: string
  /** False where Swarm could not set the network up: its subnet overlaps another one, most often. */
  isSetUp: boolean
  subnets: readonly string[]
  /** How many addresses tasks, services and nodes can have of it. */
  total: number
  /** How many of them are left; undefined before API 1.52, which does not tell. */
  free: number | undefined
}

/** `GET /networks/{id}`: by id or name; undefined where Swarm has no such network, or gives no addresses of it. */
export const findNetworkPool = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<NetworkPool | undefined> => {
  try {
    const path = `/networks/${encodeURIComponent(id)}`
    return poolOf(await request(docker, { ...options, method: 'GET', path, schema: PooledNetwork }))
  } catch (error) {
    if (isDockerError(error, 'not_found')) return undefined
    throw error
  }
}

/** A network that Swarm could not set up has no driver. One of macvlan has, and leaves addresses to the nodes. */
const poolOf = ({
  Id,
  Name,
  Scope,
  Driver,
  IPAM,
  Status,
}: v.InferOutput<typeof PooledNetwork>): NetworkPool | undefined => {
  const isSetUp = Driver !== ''
  const ranges = IPAM?.Config ?? []
  const usable = ranges.map((range) => usableAddresses(range) ?? Number.NaN)
  const total = usable.reduce((sum, count) => sum + count, 0)
  // Nothing is said of what can't be counted: a network would seem to be full.
  const isCounted = ranges.length > 0 && !Number.isNaN(total)
  if (Scope !== 'swarm' || (isSetUp && !isCounted)) return undefined
  const told = Object.values(Status?.IPAM?.Subnets ?? {})
  return {
    id: Id,
    name: Name,
    isSetUp,
    subnets: ranges.flatMap(({ Subnet }) => Subnet ?? []),
    total,
    free:
      told.length > 0
        ? told.reduce((sum, { DynamicIPsAvailable }) => sum + DynamicIPsAvailable, 0)
        : undefined,
  }
}
