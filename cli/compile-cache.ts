import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The directory for compiled code: `NODE_COMPILE_CACHE`, or else a directory of this user. We never use
 * Node.js's default in the shared /tmp, because other users could put code there, and it would run with our
 * rights.
 */
export const compileCacheDir = (env: Readonly<Record<string, string | undefined>>): string =>
  env['NODE_COMPILE_CACHE'] ||
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swarmspawner')
