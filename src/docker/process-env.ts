/** The variables of a process, by their names. */
export type ProcessEnv = Readonly<Record<string, string | undefined>>

/** The words of a variable that holds a list, with commas or white space between them. */
export const wordsOf = (text = ''): string[] => text.split(/[\s,]+/).filter(Boolean)
