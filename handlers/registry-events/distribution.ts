import * as v from 'valibot'
import { DistributionEvent, readDistributionEvent } from './distribution-event.ts'
import { readEach, type Vendor } from './pushed-image.ts'

/** v1 is that of distribution 2, v2 that of distribution 3. */
const MEDIA_TYPE = /^application\/vnd\.docker\.distribution\.events\.v[12]\+json\b/

const Events = v.object({ events: v.array(v.unknown()) })

/** CNCF distribution, the registry that most others contain: an envelope of events, also of pulls, deletes and layers. */
export const distribution: Vendor = {
  name: 'distribution',
  recognizes: ({ headers, body }) =>
    MEDIA_TYPE.test(headers.get('content-type') ?? '') || v.is(Events, body),
  read: (body) =>
    v.is(Events, body) ? readEach(body.events, DistributionEvent, readDistributionEvent) : [],
}
