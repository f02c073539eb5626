import { DistributionEvent, readDistributionEvent } from './distribution-event.ts'
import { hasKeys, readEach, type Vendor } from './pushed-image.ts'

/** Azure Container Registry: an event of distribution without an envelope, for pushes, deletes and charts. */
export const azure: Vendor = {
  name: 'Azure Container Registry',
  recognizes: ({ body }) => hasKeys(body, 'action', 'target', 'request'),
  read: (body) => readEach([body], DistributionEvent, readDistributionEvent),
}
