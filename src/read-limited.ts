/** Reads the body of a Request or Response as text; undefined, and no further, where it is longer than `maxBytes`. */
export const readLimited = async (
  { body }: Pick<Response, 'body'>,
  maxBytes: number,
): Promise<string | undefined> => {
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
