import { importSecret, signCall } from '../handlers/signature.ts'

/** The secret of the benches' hub. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** A poll of one server as a hub sends it; good for five minutes. */
export const signedPoll = (username: string): { headers: Record<string, string>; body: string } => {
  const key = importSecret(SECRET)
  if (!key) throw new Error('not a secret')
  const body = JSON.stringify({ type: 'spawner.poll', data: { server: { username } } })
  const timestamp = Math.floor(Date.now() / 1000)
  const signed = signCall(key, { id: 'msg_bench', timestamp, body })
  return { headers: { ...signed, 'content-type': 'application/json' }, body }
}
