/** The Engine's JSON filters: each key's values are alternatives, different keys must all hold. */
export type Filters = Record<string, readonly string[]>

/** Writes filters the way the Engine reads them, or nothing where there are none. */
export const encodeFilters = (filters: Filters | undefined): string | undefined => {
  const entries = Object.entries(filters ?? {}).filter(([, values]) => values.length > 0)
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries))
}
