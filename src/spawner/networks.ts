import { asList, readFields, type Spellings } from './entries.ts'

const ATTACHMENT: Spellings = {
  Target: ['target', 'name'],
  Aliases: ['aliases'],
  DriverOpts: ['driver_opts', 'options'],
}

/** Reads `networks`: names, ids or attachment objects; one alone stands for a list of one. */
export const readNetworks = (input: unknown, at: string): unknown[] =>
  asList(input).map((network, index) =>
    typeof network === 'string'
      ? { Target: network }
      : readFields(network, ATTACHMENT, `${at}.${index}`),
  )
