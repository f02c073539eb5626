/** A setting of the service that can't be used; the message names the variable and what to do, never its value. */
export class EnvError extends Error {
  override readonly name = 'EnvError'
}
