import { availableParallelism, totalmem } from 'node:os'

const GIBIBYTE = 2 ** 30

/** This machine in words that do not identify it: its cores and its memory. */
export const describeMachine = (): string =>
  `${availableParallelism()} CPU cores, ${Math.round(totalmem() / GIBIBYTE)} GiB of memory`
