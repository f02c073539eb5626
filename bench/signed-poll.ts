import { importSecret, signCall } from '../handlers/caller/signature.ts'

/** The secret of the benches' hub. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

type Signed = { headers: Record<string, string>; body: string }

/** A call as a hub sends it; good for five minutes. */
export const signedCall = (verb: string, data: unknown): Signed => {
  const key = importSecret(SECRET)
  if (!key) throw new Error('not a secret')
  const body = JSON.stringify({ type: `spawner.${verb}`, data })
  const timestamp = Math.floor(Date.now() / 1000)
  const signed = signCall(key, { id: 'msg_bench', timestamp, body })
  return { headers: { ...signed, 'content-type': 'application/json' }, body }
}

/** A poll of one server as a hub sends it. */
export const signedPoll = (username: string): Signed => signedCall('poll', { server: { username } })
