const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

/** A Swarm id of 25 characters. The same seed gives the same id, so that ids need not be stored. */
export const swarmId = (seed: string): string => characters(seed, 25, 36)

/** An id of a container or a local network: 64 hex digits. The same seed gives the same id. */
export const hexId = (seed: string): string => characters(seed, 64, 16)

const characters = (seed: string, length: number, base: number): string => {
  const next = random(seed)
  return Array.from({ length }, () => DIGITS[next() % base]).join('')
}

/** FNV-1a, followed by xorshift. The ids must differ, but need not be secret. */
const random = (seed: string): (() => number) => {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < seed.length; i++) {
    a = Math.imul(a ^ seed.charCodeAt(i), 0x01000193)
    b = Math.imul(b ^ seed.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13)
  }
  return () => {
    a ^= a << 13
    a ^= a >>> 17
    a ^= a << 5
    b = (Math.imul(b, 0x19660d) + 0x3c6ef35f) | 0
    return ((a ^ (b >>> 7)) >>> 5) & 0x3ffffff
  }
}
