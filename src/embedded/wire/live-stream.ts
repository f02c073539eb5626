/** A body that goes on until its reader leaves; `start` is given what ends or feeds it and returns its own clean-up. */
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
        // An HTTP server gives no error as the reason: nobody is left there to read one.
        if (signal.reason instanceof Error) controller.error(signal.reason)
        else controller.close()
      }
      signal.addEventListener('abort', leave, { once: true })
      cleanUp = start({
        send: (bytes) => isOpen && controller.enqueue(bytes),
        end: () => close() && controller.close(),
      })
      // It may have ended while it started.
      if (!isOpen) cleanUp()
    },
    cancel: () => {
      close()
    },
  })
}
