import { readLimited } from '../../src/read-limited.ts'
import { RequestError } from '../errors.ts'

/** 1 MiB has room for a hub's environment and settings. */
export const MAX_BODY_BYTES = 1024 * 1024

export const tooLarge = (): RequestError =>
  new RequestError('too_large', `The body is longer than ${MAX_BODY_BYTES} bytes`)

/** Reads the body of a call, on platforms that limit callers themselves. Throws a RequestError, `too_large`. */
export const readBody = async (request: Request): Promise<string> =>
  // Reading a web stream takes longer than everything else in a poll, so it is only used when the length is
  // unknown.
  announcedBytes(request.headers) === undefined ? readStream(request) : request.text()

/** The length of a body by its headers. Undefined when they do not give it. */
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
