import { resolve } from 'node:path'

/** The directory of this project: every path that a tool or test opens begins with it. */
export const projectRoot = resolve(import.meta.dirname, '..')
