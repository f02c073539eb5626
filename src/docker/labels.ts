/** The labels that a caller holds on to; there may be many others, as long as anybody likes. */
export const pickLabels = (
  labels: Readonly<Record<string, string>> | null | undefined,
  keepsLabel: (name: string) => boolean,
): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => keepsLabel(name)))
