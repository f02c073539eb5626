import { isDockerError } from '../../docker/errors.ts'
import { type Service, serviceLogs } from '../../docker/services.ts'
import type { Spawner } from '../spawner.ts'
import { redact } from './redact.ts'

const LINES = 20
const MAX_LINE_LENGTH = 500
/**
 * Lines are cut before redaction, so that a long line costs no more. The extra 64 characters let a secret at
 * the end of the shown part be recognized by its beginning.
 */
const MAX_READ_LENGTH = MAX_LINE_LENGTH + 64
/** 3 s: for the logs of a task that is gone, the Engine may wait for minutes. */
const TIMEOUT_MS = 3000

/**
 * The last lines that a server wrote, without the secrets in its environment. Logs are only an aid: if they
 * cannot be read, the list is empty.
 */
export const logTail = async (spawner: Spawner, service: Service): Promise<string[]> => {
  const lines = await lastLines(spawner, service)
  const env = service.Spec.TaskTemplate.ContainerSpec?.Env ?? []
  return redact(lines, env).map((line) => line.slice(0, MAX_LINE_LENGTH))
}

const lastLines = async ({ docker }: Spawner, service: Service): Promise<string[]> => {
  const lines: string[] = []
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const tty = service.Spec.TaskTemplate.ContainerSpec?.TTY
  try {
    for await (const line of serviceLogs(docker, { id: service.ID, tail: LINES, tty, signal })) {
      if (line.stream !== 'system') lines.push(line.text.slice(0, MAX_READ_LENGTH))
      if (lines.length > LINES) lines.shift()
    }
  } catch (error) {
    if (!signal.aborted && !isDockerError(error)) throw error
  }
  return lines
}
