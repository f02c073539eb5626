import { type Key, signCall } from '../handlers/caller/signature.ts'

/** What is signed with a call beside its data. By default a new id, now, and the type that fits the verb. */
export type SignedCallOptions = { id?: string; now?: number; type?: string }

/** Makes the body and headers of a call, as a hub sends them. `now` is in Unix milliseconds. */
export const signedCall = (
  key: Key,
  verb: string,
  data: unknown,
  {
    id = `msg_${crypto.randomUUID()}`,
    now = Date.now(),
    type = `spawner.${verb}`,
  }: SignedCallOptions = {},
): { id: string; body: string; headers: Record<string, string> } => {
  const body = JSON.stringify({ type, timestamp: new Date(now).toISOString(), data })
  const signed = signCall(key, { id, timestamp: Math.floor(now / 1000), body })
  return { id, body, headers: { ...signed, 'content-type': 'application/json' } }
}
