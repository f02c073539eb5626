/** A boolean of a query, as the Engine reads it. */
export const isTrue = (text: string | undefined): boolean =>
  text !== undefined && !['', '0', 'no', 'false', 'none'].includes(text.toLowerCase())
