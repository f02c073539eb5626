import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where compiled code is kept between runs: `NODE_COMPILE_CACHE`, else a directory of this user's own. Never Node.js's
 * default in the common /tmp: what others can put there would run with our rights.
 */
export const compileCacheDir = (env: Readonly<Record<string, string | undefined>>): string =>
  env['NODE_COMPILE_CACHE'] ||
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swarmspawner')
