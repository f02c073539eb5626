/** Reads a body as text. If it is longer than `maxBytes`, it stops reading and returns undefined. */
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
