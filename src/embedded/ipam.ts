import * as v from 'valibot'
import { addressBlock } from '../docker/usable-addresses.ts'
import type { EmbeddedNetwork, Swarm } from './swarm.ts'
import { unrecordedRefusal } from './wire/refusal.ts'

const Text = v.optional(v.nullable(v.string()))
const Range = v.object({ Subnet: Text, IPRange: Text, Gateway: Text })

/** What the body of a network's creation asks for. */
export const Ipam = v.object({ Config: v.optional(v.nullable(v.array(Range))) })

type Config = NonNullable<EmbeddedNetwork['IPAM']['Config']>

/**
 * The addresses of a new network. Undefined where Swarm takes the request and can't set the network up: as of Engine 28.5,
 * for a subnet that overlaps another network's, or one of IPv6.
 */
export const ipamOf = (
  { networks }: Swarm,
  asked: v.InferOutput<typeof Ipam> | null | undefined,
  { isOverlay, number }: { isOverlay: boolean; number: number },
): Config | undefined => {
  const ranges = asked?.Config ?? []
  if (ranges.length === 0) return [defaultRange(isOverlay, number)]
  const taken = networks
    .filter(({ Scope }) => Scope === 'swarm')
    .flatMap(({ IPAM }) => IPAM.Config ?? [])
    .map(({ Subnet }) => blockOf(Subnet))
  const blocks = ranges.map(({ Subnet }) => blockOf(Subnet ?? ''))
  const clashes = blocks.some(({ first, last, bits }) =>
    taken.some((other) => first <= other.last && other.first <= last && bits === other.bits),
  )
  if (isOverlay && (clashes || blocks.some(({ bits }) => bits === 128))) return undefined
  return ranges.map(({ Subnet, IPRange, Gateway }) => ({
    Subnet: Subnet ?? '',
    ...(IPRange && { IPRange }),
    Gateway: Gateway || firstOf(IPRange || Subnet || '', IPRange ? 0n : 1n),
  }))
}

const defaultRange = (isOverlay: boolean, number: number): Config[number] => {
  const net = isOverlay ? `10.0.${1 + (number % 254)}` : `172.${18 + (number % 14)}.0`
  return { Subnet: `${net}.0/${isOverlay ? 24 : 16}`, Gateway: `${net}.1` }
}

const blockOf = (subnet: string) => {
  const block = addressBlock(subnet)
  if (!block) throw unrecordedRefusal(400, `invalid subnet ${subnet}: invalid CIDR block notation`)
  return block
}

/** The first address of a range goes to the gateway; of a whole subnet, the first after the network's own. */
const firstOf = (range: string, after: bigint): string => {
  const { first, bits } = blockOf(range)
  const value = first + after
  if (bits === 128) return `${range.split('/')[0]}`
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
}
