import { RequestError } from './errors.ts'
import { MAX_BODY_BYTES } from './every-call/read-body.ts'
import { sizeRefusal } from './every-call/size-refusal.ts'

/** Data that many requests share, and what each has of its own. */
type Shared = { requests: readonly unknown[]; [field: string]: unknown }

/**
 * Lays what each request has over what all share: `config` key by key, everything else whole. What is no object stays as it is, for
 * its schema to refuse. Throws `invalid_request` if the requests would be longer than a call may be, were they written out: what
 * is shared is read once for each. `bytes` is what all requests share, written out.
 */
export const laidOver = ({ requests, ...shared }: Shared): { parts: unknown[]; bytes: number } => {
  const bytes = JSON.stringify(shared).length * requests.length
  const parts = requests.map((own) => (isDict(own) ? layOver(shared, own) : own))
  const why =
    bytes > MAX_BODY_BYTES ? `are longer than ${MAX_BODY_BYTES} bytes` : sizeRefusal(parts)
  if (why === undefined) return { parts, bytes }
  const message = `${requests.length} requests, each with all that they share, ${why.replace(/^has /, 'have ')}; send fewer at once, or leave env out`
  throw new RequestError('invalid_request', message, [{ path: 'requests', message }])
}

type Dict = Readonly<Record<string, unknown>>

const layOver = (shared: Dict, own: Dict): Dict => ({
  ...shared,
  ...own,
  ...(isDict(shared['config']) &&
    isDict(own['config']) && { config: { ...shared['config'], ...own['config'] } }),
})

const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
