/**
 * A signal that aborts at Ctrl-C or SIGTERM, so that the command can clean up. A second one ends the process at
 * once.
 */
export const interruptSignal = (): AbortSignal => {
  const controller = new AbortController()
  const interrupt = () => controller.abort(new DOMException('Interrupted', 'AbortError'))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  return controller.signal
}
