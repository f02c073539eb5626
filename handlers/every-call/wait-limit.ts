/**
 * Runs `work` with a signal that aborts once the caller has waited for `seconds`, or the process is about to stop. It is
 * made of a timer by hand: of `AbortSignal.any` and `AbortSignal.timeout`, Node.js may collect the timeout as garbage,
 * and then nothing ever aborts.
 */
export const withWaitLimit = async <T>(
  { seconds, shutdown }: { seconds: number; shutdown: AbortSignal },
  work: (waitOver: AbortSignal) => Promise<T>,
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
