/** A signal that aborts at Ctrl-C or SIGTERM, so that what was begun can be cleaned up; a second one ends at once. */
export const interruptSignal = (): AbortSignal => {
  const controller = new AbortController()
  const interrupt = () => controller.abort(new DOMException('Interrupted', 'AbortError'))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return controller.signal
}
