import { RequestError } from './errors.ts'

/** The refusal for a name that no server has. */
export const noSuchServer = (name: string): RequestError =>
  new RequestError('no_such_server', `There is no server with the service ${name.slice(0, 100)}`)
