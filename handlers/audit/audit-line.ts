import { splitImage } from '../../src/docker/image-name.ts'
import type { Act } from '../../src/spawner/audit.ts'
import { printable } from '../../src/spawner/errors.ts'

/** Names have at most 255 characters, and reasons of the Engine 2048. */
const MAX_LENGTH = 2048
/** A user may be in many groups, and a start may break many rules. */
const MAX_ITEMS = 50

/** A line of the audit log: the fields of an act that it has, as text on one line, with the time. */
export const auditLine = (
  { image, digest, ...act }: Act,
  nowMs: number,
): Record<string, unknown> => {
  const told = { by: 'service', ...act, image, digest: digest ?? digestOf(image) }
  const fields = Object.entries(told).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, plain(value)]],
  )
  return {
    time: new Date(nowMs).toISOString(),
    level: 'info',
    message: 'audit',
    ...Object.fromEntries(fields),
  }
}

const digestOf = (image: string | undefined): string | undefined =>
  image === undefined ? undefined : splitImage(image).digest

const plain = (value: string | readonly string[]): string | string[] =>
  typeof value === 'string'
    ? printable(value, MAX_LENGTH)
    : value.slice(0, MAX_ITEMS).map((item) => printable(item, MAX_LENGTH))
