/** Reads a boolean in a query by the Engine's rules. */
export const isTrue = (text: string | undefined): boolean =>
  text !== undefined && !['', '0', 'no', 'false', 'none'].includes(text.toLowerCase())
