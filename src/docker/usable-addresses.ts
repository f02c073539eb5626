/** One of a network's address ranges, as the Engine tells it. */
export type AddressRange = {
  Subnet?: string | undefined
  IPRange?: string | undefined
  Gateway?: string | undefined
}

/**
 * How many addresses of a range Swarm gives away: those of `IPRange` where there is one, else of the subnet, without the
 * gateway, the network's own address and, of IPv4, the broadcast. Swarm ignores `AuxiliaryAddresses`. Undefined where the
 * subnet can't be read.
 */
export const usableAddresses = ({ Subnet, IPRange, Gateway }: AddressRange): number | undefined => {
  const subnet = addressBlock(Subnet)
  const range = IPRange ? addressBlock(IPRange) : subnet
  if (!subnet || !range) return undefined
  const kept = new Set([...ownOf(subnet), addressOf(Gateway)?.value])
  const inRange = [...kept].filter(
    (value) => value !== undefined && value >= range.first && value <= range.last,
  )
  return Number(range.last - range.first + 1n) - inRange.length
}

type Block = { first: bigint; last: bigint; bits: number }

/** The first and the last address of a block such as `10.0.1.0/24`, as numbers of so many bits; undefined where it can't be read. */
export const addressBlock = (text: string | undefined): Block | undefined => {
  const [address, prefix = ''] = (text ?? '').split('/')
  const parsed = addressOf(address)
  if (!parsed || !/^\d{1,3}$/.test(prefix) || Number(prefix) > parsed.bits) return undefined
  const size = 1n << BigInt(parsed.bits - Number(prefix))
  const first = parsed.value - (parsed.value % size)
  return { first, last: first + size - 1n, bits: parsed.bits }
}

/** RFC 3021: a block of two addresses has neither a network's own address nor a broadcast. */
const ownOf = ({ first, last, bits }: Block): bigint[] => {
  if (bits === 128) return [first]
  return last - first > 1n ? [first, last] : []
}

const addressOf = (text: string | undefined): { value: bigint; bits: number } | undefined => {
  if (!text || text.length > 45) return undefined
  return text.includes(':') ? ofGroups(text) : ofNumbers(text)
}

const ofNumbers = (text: string): { value: bigint; bits: number } | undefined => {
  const numbers = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : []
  if (numbers.length === 0 || numbers.some((number) => number > 255)) return undefined
  return { value: numbers.reduce((sum, number) => sum * 256n + BigInt(number), 0n), bits: 32 }
}

/** `::` stands for as many zeros as are missing of eight groups. */
const ofGroups = (text: string): { value: bigint; bits: number } | undefined => {
  const [before = [], after, another] = text
    .split('::')
    .map((half) => (half ? half.split(':') : []))
  if (another) return undefined
  const missing = 8 - before.length - (after?.length ?? 0)
  const groups = [...before, ...(after ? [...Array(Math.max(0, missing)).fill('0'), ...after] : [])]
  if (groups.length !== 8 || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group)))
    return undefined
  const value = groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
  return { value, bits: 128 }
}
