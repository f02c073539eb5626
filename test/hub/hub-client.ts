import * as v from 'valibot'
import type { Hub } from '../../lab/hub/start-hub.ts'

const Progress = v.object({
  progress: v.optional(v.number()),
  message: v.optional(v.string()),
  ready: v.optional(v.boolean()),
  failed: v.optional(v.boolean()),
})
type Progress = v.InferOutput<typeof Progress>

const User = v.object({
  servers: v.record(
    v.string(),
    v.object({
      ready: v.boolean(),
      pending: v.nullable(v.string()),
      state: v.nullish(v.unknown()),
    }),
  ),
})

/** A user's server; the default one has no name. */
type ServerName = { user: string; name?: string }

type HubAnswer = { status: number; json: unknown }

/** What an operator does with a hub, over its REST API. */
export const hubClient = ({ url, apiToken }: Pick<Hub, 'url' | 'apiToken'>) => {
  const headers = { authorization: `token ${apiToken}` }

  const api = async (method: string, path: string, body?: unknown): Promise<HubAnswer> => {
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await fetch(`${url}/hub/api${path}`, init)
    const text = await response.text()
    return { status: response.status, json: text ? JSON.parse(text) : undefined }
  }
  const serverPath = ({ user, name = '' }: ServerName) =>
    `/users/${encodeURIComponent(user)}/${name ? `servers/${encodeURIComponent(name)}` : 'server'}`

  /** Asks for a server, without waiting for it; the user is made where there is none. */
  const request = async (server: ServerName, options?: object): Promise<HubAnswer> => {
    await api('POST', `/users/${encodeURIComponent(server.user)}`)
    return api('POST', serverPath(server), options)
  }

  /** The events of a start, as its page gets them, until it has ended. */
  const progress = async (server: ServerName): Promise<Progress[]> => {
    const response = await fetch(`${url}/hub/api${serverPath(server)}/progress`, { headers })
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
    return lines.map((line) => v.parse(Progress, JSON.parse(line.slice('data: '.length))))
  }

  const servers = async (user: string) =>
    v.parse(User, (await api('GET', `/users/${encodeURIComponent(user)}`)).json).servers

  return {
    api,
    request,
    servers,
    progress,
    /** Starts a server and waits until the hub says that it is ready; rejects with what its user would read. */
    start: async (server: ServerName, options?: object): Promise<Progress[]> => {
      const { status, json } = await request(server, options)
      if (status >= 400) throw new Error(`POST: ${status} ${JSON.stringify(json)}`)
      if (status === 201) return []
      const events = await progress(server)
      const last = events.at(-1)
      if (last?.ready) return events
      throw new Error(last?.message ?? 'no events')
    },
    isReady: async ({ user, name = '' }: ServerName): Promise<boolean> =>
      (await servers(user))[name]?.ready ?? false,
    stop: (server: ServerName): Promise<HubAnswer> => api('DELETE', serverPath(server)),
    /** Asks a user's server itself, through the hub's proxy. */
    ask: ({ user, name = '' }: ServerName, path: string, init: RequestInit = {}) =>
      fetch(`${url}/user/${encodeURIComponent(user)}/${name ? `${name}/` : ''}${path}`, {
        ...init,
        headers,
      }),
  }
}

export type HubClient = ReturnType<typeof hubClient>
