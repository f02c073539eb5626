import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnPort } from './listen.ts'

/** The content and the behaviour of a fake hub. All of it may be changed while it runs. */
export type FakeHub = {
  /** The names of each user's active servers. */
  users: Record<string, readonly string[]>
  scopes: string[]
  /** The most users on a page. */
  pageSize: number
  /** Answers a path by itself. Returns true if it has answered. */
  instead: (path: string, response: ServerResponse) => boolean
}

export type HubApiServer = FakeHub & {
  /** For SWARMSPAWNER_HUB_API. */
  url: string
  /** The paths that were asked for, in order. */
  asked: string[]
}

/** A token in words, so that nobody takes it for a real one. */
export const HUB_API_TOKEN = 'the-hub-api-token-of-the-tests'

export const answerJson = (response: ServerResponse, status: number, json: unknown): true => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  return true
}

/** Answers like the REST API of JupyterHub 3.0 and 5.2, over real HTTP, until the end of the test. */
export const startHubApi = async (more: Partial<FakeHub> = {}): Promise<HubApiServer> => {
  const hub: HubApiServer = {
    users: {},
    scopes: ['list:users', 'read:servers', 'read:users:name'],
    pageSize: 200,
    instead: () => false,
    ...more,
    url: '',
    asked: [],
  }
  const server = createServer((request, response) => answer(hub, request, response))
  hub.url = `http://${await listenOnPort(server)}/hub/api`
  return hub
}

const answer = (hub: HubApiServer, { url = '', headers }: IncomingMessage, res: ServerResponse) => {
  const path = url.replace('/hub/api', '')
  hub.asked.push(path)
  if (hub.instead(path, res)) return true
  if (headers.authorization !== `token ${HUB_API_TOKEN}`) return refuse(res, 403, 'Missing or bad')
  if (path === '/user') return answerJson(res, 200, { kind: 'service', scopes: hub.scopes })
  const [, name] = /^\/users\/([^/?]+)$/.exec(path) ?? []
  if (name !== undefined) return answerUser(hub, decodeURIComponent(name), res)
  if (path.startsWith('/users?')) return answerPage(hub, new URL(path, hub.url).searchParams, res)
  return refuse(res, 404, 'Not Found')
}

const refuse = (response: ServerResponse, status: number, message: string) =>
  answerJson(response, status, { status, message })

const answerUser = (hub: FakeHub, name: string, response: ServerResponse) =>
  Object.hasOwn(hub.users, name)
    ? answerJson(response, 200, userModel(name, hub.users[name] ?? []))
    : refuse(response, 404, 'Not Found')

const answerPage = (hub: FakeHub, query: URLSearchParams, response: ServerResponse) => {
  const users = Object.entries(hub.users)
  const offset = Number(query.get('offset') ?? 0)
  const limit = Math.min(Number(query.get('limit') ?? 50), hub.pageSize)
  const items = users.slice(offset, offset + limit).map(([name, own]) => userModel(name, own))
  const isLast = offset + limit >= users.length
  const next = isLast ? null : { offset: offset + limit, limit, url: 'http://elsewhere/' }
  return answerJson(response, 200, {
    items,
    _pagination: { offset, limit, total: users.length, next },
  })
}

const userModel = (name: string, servers: readonly string[]) => ({
  kind: 'user',
  name,
  admin: false,
  servers: Object.fromEntries(servers.map((server) => [server, { name: server, pending: null }])),
})
