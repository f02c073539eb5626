import { isDockerError } from '../docker/errors.ts'
import { type Service, serviceLogs } from '../docker/services.ts'
import type { Spawner } from './spawner.ts'

const LINES = 20
const MAX_LINE_LENGTH = 500
/** The Engine may wait for minutes for the logs of a task that is gone. */
const TIMEOUT_MS = 3000

/**
 * The last lines that a server wrote, secrets of its environment blotted out. Logs help to understand and never
 * stand in the way: where they can't be had, there are none.
 */
export const logTail = async ({ docker }: Spawner, service: Service): Promise<string[]> => {
  const lines: string[] = []
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    for await (const line of serviceLogs(docker, { id: service.ID, tail: LINES, signal }))
      if (line.stream !== 'system') lines.push(line.text)
  } catch (error) {
    if (!signal.aborted && !isDockerError(error)) throw error
  }
  const env = service.Spec.TaskTemplate.ContainerSpec?.Env ?? []
  // Cut last, for half a secret would not be recognized.
  return redact(lines.slice(-LINES), env).map((line) => line.slice(0, MAX_LINE_LENGTH))
}

/** Blots out the values of variables whose names speak of secrets, and tokens in addresses. */
export const redact = (lines: readonly string[], env: readonly string[]): string[] => {
  const secrets = env
    .map((variable) => variable.split(/=(.*)/s))
    .filter(([name = '']) => /TOKEN|SECRET|PASSW|KEY|CREDENTIAL|COOKIE|AUTH/i.test(name))
    .map(([, value = '']) => value)
    .filter((value) => value.length >= 4)
    // One may be the beginning of another.
    .sort((a, b) => b.length - a.length)
  return lines.map((line) =>
    secrets
      .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line)
      .replace(/(token=|password=)[^\s&"']+/gi, '$1[redacted]'),
  )
}
