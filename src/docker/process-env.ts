/** The variables of a process, by their names. */
export type ProcessEnv = Readonly<Record<string, string | undefined>>
