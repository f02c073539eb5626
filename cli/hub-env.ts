import type { ProcessEnv } from '../src/docker/process-env.ts'

/**
 * The environment in which values without a hub's name belong to `hub`, as they do with `SWARMSPAWNER_HUB`. The
 * environment of a service is not changed: the address of one hub must never count for another.
 */
export const envOfHub = (env: ProcessEnv, hub: string): ProcessEnv =>
  isOfService(env) ? env : { ...env, SWARMSPAWNER_HUB: hub }

/** With a secret or a hub's name, the environment says itself which hub its single values are for. */
const isOfService = (env: ProcessEnv): boolean =>
  Object.entries(env).some(([name, value]) => value && OF_SERVICE.test(name))

const OF_SERVICE = /^SWARMSPAWNER_(HUB|(SECRET|HUBS)(_FILE)?)$/
