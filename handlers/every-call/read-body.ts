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

const readStream = async ({ body }: Request): Promise<string> => {
  if (!body) return ''
  const [reader, decoder] = [body.getReader(), new TextDecoder()]
  let [length, text] = [0, '']
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > MAX_BODY_BYTES) {
      await reader.cancel()
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
}
