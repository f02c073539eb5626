import * as v from 'valibot'
import { engineWords } from '../docker/engine-words.ts'
import { findService, type Service, serviceLogs } from '../docker/services.ts'
import { printable } from './errors.ts'
import type { Spawner } from './spawner.ts'
import { redactor } from './state/redact.ts'

/** One line that a server wrote. Lines of `system` are the Engine's own. */
export const ServerLogLine = v.object({
  stream: v.picklist(['stdout', 'stderr', 'system']),
  text: v.string(),
})
export type ServerLogLine = v.InferOutput<typeof ServerLogLine>

/** The last lines of a server. */
export const ServerLogs = v.object({
  service_name: v.string(),
  lines: v.array(ServerLogLine),
  /** False if a node did not send its lines in time. */
  complete: v.boolean(),
})
export type ServerLogs = v.InferOutput<typeof ServerLogs>

/** 4096 characters of a line are more than people read. */
const MAX_LINE_LENGTH = 4096
/** A secret at the end of the shown part is recognized by its beginning, so some more is read. */
const MAX_READ_LENGTH = MAX_LINE_LENGTH + 64
/** 10 s: for the logs of a task that is gone, the Engine may wait for minutes. */
const TIMEOUT_MS = 10_000

type Wanted = { id: string; tail: number; signal: AbortSignal }

/** Reads the last lines of a server, at most `tail`, without the secrets in its environment. Waits at most 10 s for the nodes. */
export const lastLogs = async (
  spawner: Spawner,
  { id, tail, signal }: Wanted,
): Promise<ServerLogs | undefined> => {
  const service = await findService(spawner.docker, { id, signal })
  if (!service) return undefined
  const enough = AbortSignal.timeout(TIMEOUT_MS)
  const lines: ServerLogLine[] = []
  const both = AbortSignal.any([signal, enough])
  try {
    for await (const line of readLines(spawner, service, { tail, signal: both })) {
      lines.push(line)
      if (lines.length > tail) lines.shift()
    }
  } catch (error) {
    if (signal.aborted || !enough.aborted) throw error
  }
  return { service_name: service.Spec.Name, lines, complete: !enough.aborted }
}

/** Yields the last lines of a server, and then what it writes, until the Engine ends the log or the signal aborts. */
export const followLogs = async (
  spawner: Spawner,
  { id, tail, signal }: Wanted,
): Promise<AsyncGenerator<ServerLogLine> | undefined> => {
  const service = await findService(spawner.docker, { id, signal })
  return service && readLines(spawner, service, { tail, signal, follow: true })
}

async function* readLines(
  { docker }: Spawner,
  { ID, Spec }: Service,
  options: Omit<Wanted, 'id'> & { follow?: boolean },
): AsyncGenerator<ServerLogLine> {
  const { Env, TTY: tty } = Spec.TaskTemplate.ContainerSpec ?? {}
  const redact = redactor(Env ?? [])
  for await (const { stream, text } of serviceLogs(docker, { id: ID, tty, ...options }))
    if (stream === 'system') yield { stream, text: printable(engineWords(text), MAX_LINE_LENGTH) }
    else yield { stream, text: redact(text.slice(0, MAX_READ_LENGTH)).slice(0, MAX_LINE_LENGTH) }
}
