import { randomBytes } from 'node:crypto'

export type EdgeEnv = Readonly<Record<string, string>>

/**
 * The settings of a local edge: those of the environment, with a new secret and admin token if none are set.
 * Throws if workerd cannot use them.
 */
export const edgeSettings = (
  env: Readonly<Record<string, string | undefined>>,
  dockerHost = env['DOCKER_HOST'],
): EdgeEnv => {
  if (!dockerHost || !/^(tcp|https?):\/\//.test(dockerHost))
    throw new Error(
      `DOCKER_HOST is ${dockerHost}, and wrangler cannot open a unix socket: unset it for the embedded engine, or run npx workerd serve deploy/edge/workerd.capnp`,
    )
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] => /^SWARMSPAWNER_/.test(entry[0]) && Boolean(entry[1]),
  )
  const settings = { DOCKER_HOST: dockerHost, ...Object.fromEntries(given) }
  const unquotable = Object.entries(settings).find(([, value]) => /['\n\r]/.test(value))
  if (unquotable) throw new Error(`${unquotable[0]} has a quote or a line break in it`)
  const isHub = 'SWARMSPAWNER_SECRET' in settings || 'SWARMSPAWNER_HUBS' in settings
  return {
    ...(!isHub && { SWARMSPAWNER_SECRET: `whsec_${randomBytes(32).toString('base64')}` }),
    SWARMSPAWNER_ADMIN_TOKEN: randomBytes(16).toString('hex'),
    ...settings,
  }
}
