/** The labels that the caller wants to keep. A service may have many others, of any length. */
export const pickLabels = (
  labels: Readonly<Record<string, string>> | null | undefined,
  keepsLabel: (name: string) => boolean,
): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => keepsLabel(name)))
