/**
 * A setting of the service that cannot be used. The message names the variable and says what to do. It never
 * contains the value.
 */
export class EnvError extends Error {
  override readonly name = 'EnvError'
}
