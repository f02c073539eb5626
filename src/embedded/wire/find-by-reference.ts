import { unrecordedRefusal } from './refusal.ts'

/**
 * Finds the item that a path names, in the Engine's order: by full id, by exact name, by the beginning of an
 * id.
 */
export const findByReference = <T>(
  items: Iterable<T>,
  reference: string,
  { kind, id, name }: { kind: string; id: (item: T) => string; name: (item: T) => string },
): T | undefined => {
  const all = [...items]
  const exact =
    all.find((item) => id(item) === reference) ?? all.find((item) => name(item) === reference)
  if (exact !== undefined || reference === '') return exact
  const [first, ...others] = all.filter((item) => id(item).startsWith(reference))
  if (others.length > 0)
    throw unrecordedRefusal(
      400,
      `${kind} ${reference} is ambiguous (${others.length + 1} matches found)`,
    )
  return first
}
