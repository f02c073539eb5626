import type { NetworkRoom } from '../engine/network-rooms.ts'

const MAX_TOLD = 3

/** Lists the first three, since people read them. */
export const listed = (texts: readonly string[], between: string): string =>
  [...texts.slice(0, MAX_TOLD), ...(texts.length > MAX_TOLD ? ['…'] : [])].join(between)

/** `network tiny (10.77.0.0/29): 5 of 5 in use`. */
export const roomInWords = ({ name, subnets, inUse, total }: NetworkRoom): string =>
  `network ${name} (${listed(subnets, ', ')}): ${inUse} of ${total} in use`
