import type { ListedServer } from './list-servers.ts'

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
]

/** How long ago a time was, in its largest whole unit, such as `3 h`. A time that cannot be read is `-`. */
export const ageOf = (time: string, now: number): string => {
  const age = Math.max(0, Math.floor((now - Date.parse(time)) / 1000))
  if (Number.isNaN(age)) return '-'
  const unit = UNITS.find(([, seconds]) => age >= seconds)
  return unit ? `${Math.floor(age / unit[1])} ${unit[0]}` : `${age} s`
}

/** The limits of a server, such as `2 CPU, 4 GiB`. `-` means that it has none. */
export const amountsOf = ({ cpus, memory_bytes }: ListedServer['limits']): string => {
  const amounts = [
    ...(cpus === null ? [] : [`${rounded(cpus)} CPU`]),
    ...(memory_bytes === null ? [] : [memoryWords(memory_bytes)]),
  ]
  return amounts.join(', ') || '-'
}

const memoryWords = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${rounded(bytes / 2 ** 30)} GiB` : `${rounded(bytes / 2 ** 20)} MiB`

const rounded = (number: number): number => Number(number.toFixed(2))
