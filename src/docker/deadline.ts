import { DockerError } from './errors.ts'

type Limits = { signal?: AbortSignal | undefined; timeoutMs?: number }

/** The Engine gives its own calls to the managers 20 s: a shorter deadline would hide its reason. */
const DEFAULT_TIMEOUT_MS = 25_000

/** Runs `work` with a signal that follows the caller's and aborts with a `timeout` DockerError at the deadline. */
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

/** The same for streams: the deadline ends with `work`, the caller's signal goes on to end the stream. */
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
