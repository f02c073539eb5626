import { signedCall as signedBy } from '../cli/signed-call.ts'
import { importSecret } from '../handlers/caller/signature.ts'

/** The secret of the benches' hub. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

type Signed = { headers: Record<string, string>; body: string }

/** A call as a hub sends it. It is valid for five minutes. */
export const signedCall = (verb: string, data: unknown): Signed => {
  const key = importSecret(SECRET)
  if (!key) throw new Error('not a secret')
  const { headers, body } = signedBy(key, verb, data)
  return { headers, body }
}

/** A poll of one server as a hub sends it. */
export const signedPoll = (username: string): Signed => signedCall('poll', { server: { username } })
