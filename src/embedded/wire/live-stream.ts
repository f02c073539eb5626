/**
 * A body that goes on until its reader leaves. `start` gets functions to send bytes and to end the body, and
 * returns its clean-up.
 */
export const liveStream = (
  signal: AbortSignal,
  start: (feed: { send: (bytes: Uint8Array) => void; end: () => void }) => () => void,
): ReadableStream<Uint8Array> => {
  let isOpen = true
  let cleanUp = () => {}
  const close = (): boolean => {
    const wasOpen = isOpen
    isOpen = false
    cleanUp()
    return wasOpen
  }
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const leave = () => {
        if (!close()) return
        // When a reader leaves, an HTTP server aborts without an Error, and nobody is left to read one.
        if (signal.reason instanceof Error) controller.error(signal.reason)
        else controller.close()
      }
      signal.addEventListener('abort', leave, { once: true })
      cleanUp = start({
        send: (bytes) => isOpen && controller.enqueue(bytes),
        end: () => close() && controller.close(),
      })
      // The body may have ended during `start`.
      if (!isOpen) cleanUp()
    },
    cancel: () => {
      close()
    },
  })
}
