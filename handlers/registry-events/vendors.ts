import { azure } from './azure.ts'
import { distribution } from './distribution.ts'
import { dockerHub } from './docker-hub.ts'
import { github } from './github.ts'
import { harbor, harborCloudEvents } from './harbor.ts'
import type { Envelope, Vendor } from './pushed-image.ts'
import { quay } from './quay.ts'

/** The registries whose events the service reads. The first that recognizes an envelope reads it. */
export const VENDORS: readonly Vendor[] = [
  github,
  distribution,
  dockerHub,
  harbor,
  harborCloudEvents,
  quay,
  azure,
]

/** The kind of registry that has sent an envelope. Undefined for one that the service does not know. */
export const vendorOf = (envelope: Envelope): Vendor | undefined =>
  VENDORS.find(({ recognizes }) => recognizes(envelope))
