import { availableParallelism, totalmem } from 'node:os'

const GIBIBYTE = 2 ** 30

/** This machine in words that name nobody's: how many cores and how much memory. */
export const describeMachine = (): string =>
  `${availableParallelism()} CPU cores, ${Math.round(totalmem() / GIBIBYTE)} GiB of memory`
