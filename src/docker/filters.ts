/** The Engine's JSON filters. The values of one key are alternatives; all keys must hold. */
export type Filters = Record<string, readonly string[]>

/** Writes filters as the Engine reads them. Undefined when there are no filters. */
export const encodeFilters = (filters: Filters | undefined): string | undefined => {
  const entries = Object.entries(filters ?? {}).filter(([, values]) => values.length > 0)
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries))
}
