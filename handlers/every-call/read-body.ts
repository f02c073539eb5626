import { readLimited } from '../../src/read-limited.ts'
import { RequestError } from '../errors.ts'

/** Room for a hub's environment and settings. */
export const MAX_BODY_BYTES = 1024 * 1024

export const tooLarge = (): RequestError =>
  new RequestError('too_large', `The body is longer than ${MAX_BODY_BYTES} bytes`)

/** Reads the body of a call, where the platform watches over those who send it. Throws a RequestError, `too_large`. */
export const readBody = async (request: Request): Promise<string> =>
  // A web stream takes longer than all the rest of a poll.
  announcedBytes(request.headers) === undefined ? readStream(request) : request.text()

/** How long a body is by its headers; undefined where they do not tell. */
export const announcedBytes = (headers: Headers): number | undefined => {
  const announced = headers.get('content-length') ?? ''
  return /^\d+$/.test(announced) && !headers.has('transfer-encoding')
    ? Number(announced)
    : undefined
}

const readStream = async (request: Request): Promise<string> => {
  const text = await readLimited(request, MAX_BODY_BYTES)
  if (text === undefined) throw tooLarge()
  return text
}
