import { DockerError } from './errors.ts'

type Limits = { signal?: AbortSignal | undefined; timeoutMs?: number }

/**
 * 25 s: the Engine waits 20 s for the managers. A shorter deadline would end the call before the Engine can say
 * what is wrong.
 */
const DEFAULT_TIMEOUT_MS = 25_000

/**
 * Runs `work` with a signal that aborts when the caller's signal does, or with a `timeout` DockerError at the
 * deadline.
 */
export const withDeadline = async <T>(
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: Limits,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(timeout(name, timeoutMs)), timeoutMs)
  const follow = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', follow, { once: true })
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', follow)
  }
}

/**
 * `withDeadline` for streams: the deadline ends when `work` returns. After that only the caller's signal ends
 * the stream.
 */
export const withDeadlineForHeaders = async <T>(
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: Limits,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(timeout(name, timeoutMs)), timeoutMs)
  try {
    return await work(signal ? AbortSignal.any([signal, controller.signal]) : controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

const timeout = (name: string, timeoutMs: number): DockerError =>
  new DockerError('timeout', `${name}: no answer within ${timeoutMs / 1000} s`)
