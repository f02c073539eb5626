import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'
import { type ReadFile, readSecret } from './read-secret.ts'
import { requireStrong } from './strong-token.ts'

const TOKEN = 'SWARMSPAWNER_METRICS_TOKEN'

/** Reads the token that opens `/metrics` alone. Throws an EnvError. */
export const readMetricsToken = (
  env: ProcessEnv,
  adminToken: string | undefined,
  readFile?: ReadFile,
): string | undefined => {
  const token = readSecret(env, TOKEN, readFile)
  if (token === undefined) return undefined
  const origin = env[`${TOKEN}_FILE`] ? `${TOKEN}_FILE` : TOKEN
  if (token === adminToken)
    throw new EnvError(
      `${origin}: this is the admin token; a monitor needs a token of its own, which opens nothing but /metrics: openssl rand -hex 16`,
    )
  return requireStrong(token, origin, 'see how many servers run where')
}
