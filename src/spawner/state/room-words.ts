import type { ResourceRoom } from './room.ts'

type Numbers = Omit<ResourceRoom, 'text'>

/** The numbers of a resource in words, such as `gpu: 1 of 4 free`. If no node has enough, it says what one node has. */
export const resourceWords = (numbers: Numbers): string => {
  const { kind, reserved, free_on_one, free, total } = numbers
  const { unit, size } = unitOf(numbers)
  const inUnits = (amount: number) => String(Math.floor((amount / size) * 100) / 100)
  const onOne =
    free >= reserved && free_on_one < reserved
      ? `, at most ${inUnits(free_on_one)} on one node`
      : ''
  return `${kind}: ${inUnits(free)} of ${inUnits(total)}${unit} free${onOne}`
}

const unitOf = ({ field, total }: Numbers): { unit: string; size: number } => {
  if (field === 'GenericResources') return { unit: '', size: 1 }
  if (field === 'NanoCPUs') return { unit: '', size: 1e9 }
  return total >= 2 ** 30 ? { unit: ' GiB', size: 2 ** 30 } : { unit: ' MiB', size: 2 ** 20 }
}

/** For admins: why a server has to wait. It names what is short on every node, or everything if nothing is short alone. */
export const whyLater = (resources: readonly ResourceRoom[]): string => {
  const short = resources.filter(({ reserved, free_on_one }) => reserved > free_on_one)
  const named = (short.length > 0 ? short : resources).map(({ text }) => text)
  return short.length > 0
    ? `no node has room now: ${named.join(', ')}`
    : `no node has all that is reserved free at once: ${named.join(', ')}`
}

/** For students, if a server fits later. It names no amounts: a page may show those beside it. */
export const LATER_MESSAGE =
  'All computers of this system that can run this server are busy. It fits when another server stops. Please wait, or choose something else.'
