/**
 * Runs `work` with a signal that aborts when the caller has waited for `seconds`, or when the process is about
 * to stop. It uses a timer, because Node.js may collect an `AbortSignal.timeout` inside an `AbortSignal.any` as
 * garbage, and then the signal never aborts.
 */
export const withWaitLimit = async <T>(
  { seconds, shutdown }: { seconds: number; shutdown: AbortSignal },
  work: (enough: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const end = () => controller.abort(new DOMException('Waited long enough', 'TimeoutError'))
  if (shutdown.aborted) end()
  const timer = setTimeout(end, Math.round(seconds * 1000))
  shutdown.addEventListener('abort', end, { once: true })
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    shutdown.removeEventListener('abort', end)
  }
}
