import { nanoseconds } from './durations.ts'
import { asObject, type Entry, readFields, type Spellings, spellingOf } from './entries.ts'

/** The Engine's fields of a RestartPolicy, each with docker-py's names for it. */
export const RESTART_POLICY: Spellings = {
  Condition: ['condition'],
  Delay: ['delay'],
  MaxAttempts: ['max_attempts'],
  Window: ['window'],
}

/** Reads when Swarm starts a task again: `'none'`, `'on-failure'`, `'any'`, or a dict with delay and limits. */
export const readRestartPolicy = (input: unknown, at: string): Entry[] => {
  const given = typeof input === 'string' ? fromText(input) : asObject(input, at)
  return Object.entries(readFields(given, RESTART_POLICY, at)).map(([field, value]) => ({
    path: ['TaskTemplate', 'RestartPolicy', field],
    value:
      field === 'Delay' || field === 'Window'
        ? nanoseconds(value, `${at}.${spellingOf(given, RESTART_POLICY, field)}`)
        : value,
    from: typeof input === 'string' ? at : `${at}.${spellingOf(given, RESTART_POLICY, field)}`,
  }))
}

/** docker's own text has how many times a failed program is started again, `on-failure:3`. */
const fromText = (text: string): Record<string, unknown> => {
  const [, Condition, attempts] = /^(on-failure):(\d{1,9})$/.exec(text) ?? []
  return Condition === undefined
    ? { Condition: text }
    : { Condition, MaxAttempts: Number(attempts) }
}
