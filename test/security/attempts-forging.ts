import type { Attempt, Family } from './attempt.ts'

/** What ends a line of a log, steers a terminal or turns the direction of writing, and what is left of it. */
const MARKS = [
  ['a line feed', '\n', ' '],
  ['a carriage return', '\r', ' '],
  ['a line break of Unicode', '\u2028', ' '],
  ['an escape', '\u001b]0;', '\ufffd]0;'],
  ['an escape of one byte', '\u009b2J', '\ufffd2J'],
  ['a next line', '\u0085', '\ufffd'],
  ['a backspace', '\b', '\ufffd'],
  ['a delete', '\u007f', '\ufffd'],
  ['another direction', '\u202e', '\ufffd'],
  ['an isolate', '\u2066', '\ufffd'],
  ['nothing to see', '\u200b', '\ufffd'],
] as const

const named = (name: string, mark: string, left: string): Attempt[] => {
  const [key, shown] = [`x${mark}forged`, `x${left}forged`]
  const of = (whose: string, more: Omit<Attempt, 'name'>): Attempt => ({
    name: `${name} in the name of ${whose}`,
    code: 'invalid_config',
    ...more,
  })
  return [
    of('an option', { at: `user_options.${shown}`, options: { [key]: 1 } }),
    of('a field of a container', {
      at: `user_options.container_spec.${shown}`,
      options: { container_spec: { [key]: 1 } },
    }),
    of('a setting', { at: shown, config: { [key]: 1 }, code: 'invalid_request' }),
  ]
}

/** Refused by names that are good for a line of a log. */
export const FORGING: readonly Family[] = [
  {
    family: 'names that would write lines of their own into a log',
    isNeverAllowed: true,
    attempts: MARKS.flatMap(([name, mark, left]) => named(name, mark, left)),
    control: {
      config: { container_spec: { labels: { of: 'Ælfred 日本 🚀' } } },
      effect: { ContainerSpec: { Labels: { of: 'Ælfred 日本 🚀' } } },
    },
  },
]
