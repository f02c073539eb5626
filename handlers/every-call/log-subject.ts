import * as v from 'valibot'
import { serviceName } from '../../src/spawner/server/service-name.ts'

const Prefix = v.nullish(v.string())
const One = v.object({
  server: v.object({
    username: v.string(),
    server_name: v.string(),
    service_prefix: Prefix,
  }),
  config: v.optional(v.object({ service_prefix: Prefix }), {}),
})
const Many = v.object({ servers: v.array(v.unknown()) })

/** The subject of a call, for the log: the name of its service, or the number of its servers. */
export const subjectOf = (data: unknown): { service?: string; servers?: number } => {
  if (v.is(Many, data)) return { servers: data.servers.length }
  const one = v.safeParse(One, data)
  if (!one.success) return {}
  const { server, config } = one.output
  try {
    const service_prefix = server.service_prefix ?? config.service_prefix ?? undefined
    return { service: serviceName({ ...server, service_prefix }) }
  } catch {
    // The name is not possible; the answer says so.
    return {}
  }
}
