import { Option } from 'commander'

/** Makes an option that may be given several times. Its values become a list. */
export const repeated = (flags: string, description: string): Option =>
  new Option(flags, `${description}; may be repeated`)
    .default([], 'none')
    .argParser((value: string, previous: string[]) => [...previous, value])
