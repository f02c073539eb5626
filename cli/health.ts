import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { json } from 'node:stream/consumers'
import { Command } from 'commander'
import * as v from 'valibot'
import {
  readListenAddress,
  readTlsPaths,
  type TlsPaths,
} from '../handlers/settings/listen-settings.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { print } from './print.ts'

/** `swarmspawner health` */
export const healthCommand = (): Command =>
  new Command('health')
    .description('ask the running service with these settings whether it is alive')
    .option('--ready', 'also ask whether the Engine answers and manages a swarm', false)
    .addHelpText(
      'after',
      '\nReads HOST, PORT and SWARMSPAWNER_TLS_* as serve does. The exit code is 1 if the service is not alive (or not ready).',
    )
    .action(run)

const run = async ({ ready }: { ready: boolean }): Promise<void> => {
  const address = addressOf(process.env)
  const path = ready ? '/ready' : '/health'
  const problem = await ask(path, address).catch(reasonOf)
  print(`${address.url}${path}: ${problem ?? 'ok'}`)
  if (problem !== undefined) process.exitCode = 1
}

type Address = { url: string; tls: TlsPaths | undefined }

/** A service that listens on all addresses is asked on the loopback. */
const OWN_ADDRESSES = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

/**
 * The address of the service on its own machine, and its certificate, from the environment. Throws an EnvError.
 */
export const addressOf = (env: ProcessEnv): Address => {
  const { host, port } = readListenAddress(env)
  const tls = readTlsPaths(env, host)
  const own = OWN_ADDRESSES.get(host) ?? host
  const authority = `${own.includes(':') ? `[${own}]` : own}:${port}`
  return { url: `${tls ? 'https' : 'http'}://${authority}`, tls }
}

/** 8 s: longer than the service itself waits for the Engine (5 s). */
const TIMEOUT_MS = 8000

const Problem = v.object({ detail: v.string() })

/** Asks the service. Returns what is wrong, or undefined when the status is 200. */
const ask = async (path: string, { url, tls }: Address): Promise<string | undefined> => {
  const asked = tls ? requestHttps(url + path, trust(tls)) : requestHttp(url + path)
  let isSecure = false
  asked.once('socket', (socket) => socket.once('secureConnect', () => (isSecure = true)))
  asked.setTimeout(TIMEOUT_MS, () => asked.destroy(new Error('no answer')))
  asked.end()
  try {
    const [answer] = await once(asked, 'response')
    return answer.statusCode === 200 ? undefined : await problemOf(answer)
  } catch (error) {
    // The handshake has proved that this is the service. It only refuses our certificate, so it is alive.
    if (isSecure && tls?.clientCa && path === '/health') return undefined
    throw error
  } finally {
    asked.destroy()
  }
}

const problemOf = async (answer: IncomingMessage): Promise<string> => {
  const problem = v.safeParse(Problem, await json(answer).catch(() => undefined))
  return problem.success ? problem.output.detail : `status ${answer.statusCode}`
}

/**
 * Trusts exactly the service's own certificate, whoever signed it, and shows the same one if the service asks
 * for a certificate.
 */
const trust = ({ cert, key, clientCa }: TlsPaths): RequestOptions => ({
  ca: readFileSync(cert),
  allowPartialTrustChain: true,
  checkServerIdentity: () => undefined,
  ...(clientCa && { cert: readFileSync(cert), key: readFileSync(key) }),
})

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
