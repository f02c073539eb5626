import { readText } from './body.ts'
import { DockerError } from './errors.ts'
import { refusal } from './refusal.ts'
import type { EngineTransport } from './transport.ts'

/** An Engine API version, such as `1.55`. */
export type ApiVersion = `1.${number}`

/**
 * The oldest Engine API we speak is 1.41 (Engine 20.10): it added job modes and `services?status`. The newest
 * we tested is 1.55 (Engine 29.7).
 */
export const OLDEST_API: ApiVersion = '1.41'
export const NEWEST_API: ApiVersion = '1.55'

/**
 * `HEAD /_ping`: picks the newest version that both sides know. Throws `unexpected_answer` when they have no
 * version in common.
 */
export const negotiate = async (
  transport: EngineTransport,
  signal: AbortSignal,
): Promise<ApiVersion> => {
  const response = await transport({ method: 'HEAD', path: '/_ping', signal })
  const body = await readText(response, 'HEAD /_ping', signal)
  if (response.status >= 400) throw refusal('HEAD /_ping', response.status, body)
  return agree(response.header('api-version'))
}

const agree = (offered: string | undefined): ApiVersion => {
  const minor = minorOf(offered)
  if (Number.isNaN(minor))
    throw new DockerError(
      'unexpected_answer',
      'HEAD /_ping: no Api-Version header; is this a Docker Engine?',
    )
  if (minor < minorOf(OLDEST_API))
    throw new DockerError(
      'unexpected_answer',
      `The Engine speaks API ${offered} at most; ${OLDEST_API} (Engine 20.10) or newer is needed`,
    )
  return `1.${Math.min(minor, minorOf(NEWEST_API))}`
}

const minorOf = (version: string | undefined): number =>
  Number(/^1\.(\d+)$/.exec(version ?? '')?.[1] ?? Number.NaN)

/** Returns whether `version` is `wanted` or newer. */
export const isAtLeast = (version: ApiVersion, wanted: ApiVersion): boolean =>
  minorOf(version) >= minorOf(wanted)
