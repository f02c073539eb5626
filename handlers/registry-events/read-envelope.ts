import * as v from 'valibot'
import { RequestError } from '../errors.ts'
import { imageOf, type NamedImage } from './image-of.ts'
import { vendorOf } from './vendors.ts'

/** What a body tells of. `events` counts all, also those that are no push of an image. */
export type ReadEnvelope = {
  /** The kind of registry; undefined for one that the service does not know. */
  vendor: string | undefined
  images: readonly NamedImage[]
  events: number
}

/** Reads what a registry sent. Throws a RequestError, `invalid_json`. */
export const readEnvelope = (
  headers: Headers,
  text: string,
  hosts: ReadonlyMap<string, string>,
): ReadEnvelope => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text)
  if (!json.success) throw new RequestError('invalid_json', isPacked(headers) ? PACKED : NO_JSON)
  const vendor = vendorOf({ headers, body: json.output })
  const pushes = vendor?.read(json.output) ?? [undefined]
  const images = pushes.flatMap((pushed) => (pushed && imageOf(pushed, hosts)) ?? [])
  return { vendor: vendor?.name, images, events: pushes.length }
}

/** Nobody unpacks the body of a caller: a few bytes may become gigabytes. */
const isPacked = (headers: Headers): boolean =>
  !/^(?:identity)?$/i.test(headers.get('content-encoding') ?? '')

const PACKED = 'The body is compressed. Send it as JSON, without content-encoding'
const NO_JSON =
  'The body is not JSON. In the settings of a webhook at GitHub, choose the content type application/json'
