import type { Row } from './proof.ts'
import { SERVERS } from './servers.ts'
import { SPECS } from './specs.ts'
import type { Thief } from './thief.ts'

/** What somebody can do who has stolen the secret of a hub: the first table of docs/security.md. */
export const HUB_SECRET: readonly Row<Thief>[] = [...SPECS, ...SERVERS]
