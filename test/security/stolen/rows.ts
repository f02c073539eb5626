import { AMOUNTS } from './amounts.ts'
import { HUB_TOKEN } from './hub-token.ts'
import { METRICS_TOKEN } from './metrics-token.ts'
import { linesOf, type Row } from './proof.ts'
import { PROXY_TOKEN } from './proxy-token.ts'
import { PUSH_TOKEN } from './push-token.ts'
import { SERVERS } from './servers.ts'
import { SIGNED_CALL } from './signed-call.ts'
import { SPECS } from './specs.ts'
import { STATUS_COOKIE } from './status-cookie.ts'
import type { Thief } from './thief.ts'
import { TLS_KEY } from './tls-key.ts'

/** What somebody can do who has stolen the secret of a hub: the first table of docs/security.md. */
export const HUB_SECRET: readonly Row<Thief>[] = [...SPECS, AMOUNTS, ...SERVERS]

/** The admin token: every row of a hub's secret is tried with it too. */
const ADMIN_TOKEN = {
  thing: 'the admin token',
  can: {
    text: "do what a hub's secret allows, for every hub of the service; list all servers, and read what they print",
  },
  cannot: {
    text: "do anything else that a hub's secret does not allow, except with servers of other hubs",
  },
}

/** The lines of the second table, of everything else that can be stolen. */
export const OTHER_LINES: readonly string[] = linesOf([
  ADMIN_TOKEN,
  PUSH_TOKEN,
  METRICS_TOKEN,
  STATUS_COOKIE,
  HUB_TOKEN,
  PROXY_TOKEN,
  TLS_KEY,
  SIGNED_CALL,
])
