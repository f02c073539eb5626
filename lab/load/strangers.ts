import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as v from 'valibot'

const Seen = v.object({
  /** How many connections they have opened in total, and how many are open. */
  opened: v.number(),
  open: v.number(),
  /** How many connections ended with each status, or with none. */
  answers: v.record(v.string(), v.number()),
})

/**
 * Callers without a secret, in a process of their own, so that they take no time from the process that
 * measures.
 */
export type Strangers = {
  seen: () => Promise<v.InferOutput<typeof Seen>>
  leave: () => Promise<void>
}

/**
 * Starts callers that keep `count` connections open to a service, in ways that end by themselves as late as
 * possible.
 */
export const bringStrangers = (url: string, count: number): Strangers => {
  const program = fork(join(import.meta.dirname, 'strangers-main.ts'), [url, String(count)])
  const ended = once(program, 'exit')
  return {
    seen: async () => {
      program.send('seen?')
      const [message] = await once(program, 'message')
      return v.parse(Seen, message)
    },
    leave: async () => {
      program.disconnect()
      await ended
    },
  }
}
