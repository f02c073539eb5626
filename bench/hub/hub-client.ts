import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import type { Hub } from '../../lab/hub/start-hub.ts'

const Progress = v.object({ ready: v.optional(v.boolean()), failed: v.optional(v.boolean()) })
const Info = v.object({ version: v.string() })
const Token = v.object({ token: v.string() })
const User = v.object({ servers: v.record(v.string(), v.unknown()) })

/** A spawn, seen by the caller. Times are those of Date.now(). */
export type Spawn = { username: string; askedAt: number; readyAt: number; isReady: boolean }

/** The part of the hub's REST API that the bench needs. */
export type HubClient = {
  createUser(name: string): Promise<void>
  /** Resolves when the hub says that the server is ready, or that it has failed. */
  spawn(username: string): Promise<Spawn>
  /** Resolves when the hub has no server of the user any more. */
  stop(name: string): Promise<void>
  /** What the hub says about itself. */
  info(): Promise<v.InferOutput<typeof Info>>
  /** The milliseconds until the hub has said its version. */
  latency(): Promise<number>
}

/**
 * Calls the hub with a token that the hub itself has made. A token from the configuration is hashed 16384 times
 * for each call, which would take longer than the rest of it.
 */
export const hubClient = async ({ url, apiToken }: Hub): Promise<HubClient> => {
  const made = await fetch(`${url}/hub/api/users/admin/tokens`, {
    method: 'POST',
    headers: { authorization: `token ${apiToken}` },
  })
  const { token } = v.parse(Token, await made.json())
  const call = (method: string, path: string) =>
    fetch(`${url}/hub/api${path}`, { method, headers: { authorization: `token ${token}` } })
  const ask = async (method: string, path: string) => {
    const answer = await call(method, path)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const isReady = async (name: string): Promise<boolean> => {
    const answer = await call('POST', `/users/${name}/server`)
    await answer.bytes()
    // 202: the hub answers after ten seconds at most, and sends the rest as a stream.
    return answer.status === 202
      ? endsReady(await ask('GET', `/users/${name}/server/progress`))
      : answer.status === 201
  }
  return {
    createUser: async (name) => {
      await (await ask('POST', `/users/${name}`)).bytes()
    },
    spawn: async (username) => {
      const askedAt = Date.now()
      const ready = await isReady(username)
      return { username, askedAt, readyAt: Date.now(), isReady: ready }
    },
    stop: async (name) => {
      await (await ask('DELETE', `/users/${name}/server`)).bytes()
      while (await hasServer(await ask('GET', `/users/${name}`))) await sleep(100)
    },
    info: async () => v.parse(Info, await (await fetch(`${url}/hub/api`)).json()),
    latency: async () => {
      const begun = performance.now()
      // This call has no token: to look up the user would cost the hub more than the answer.
      await (await fetch(`${url}/hub/api`)).bytes()
      return performance.now() - begun
    },
  }
}

const endsReady = async ({ body }: Response): Promise<boolean> => {
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${text}${piece}`.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data:')) continue
      const { ready, failed } = v.parse(Progress, JSON.parse(line.slice('data:'.length)))
      if (ready || failed) return ready === true
    }
  }
  return false
}

const hasServer = async (answer: Response): Promise<boolean> =>
  Object.keys(v.parse(User, await answer.json()).servers).length > 0
