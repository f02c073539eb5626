import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { HubApiError } from '../../src/hub-api/errors.ts'
import type { HubApi } from '../../src/hub-api/request.ts'
import { findUser, listUsers, requireScopes } from '../../src/hub-api/users.ts'
import {
  answerJson,
  HUB_API_TOKEN,
  type HubApiServer,
  startHubApi,
} from '../support/hub-api-server.ts'
import { listenOnPort } from '../support/listen.ts'

const never = new AbortController().signal
const apiOf = ({ url }: { url: string }, more: Partial<HubApi> = {}): HubApi => ({
  url,
  token: HUB_API_TOKEN,
  fetch,
  ...more,
})

const failure = async (run: Promise<unknown>): Promise<HubApiError> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof HubApiError)) throw new Error(`no HubApiError: ${error}`)
  expect(String(error.stack)).not.toContain(HUB_API_TOKEN)
  return error
}

const manyUsers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`user-${index}`, ['']]))

describe('the users of a hub', () => {
  test('the users of a hub are listed with the names of their active servers, from all pages', async () => {
    const users = { ...manyUsers(7), alice: ['', 'lab'], bob: [] }
    const hub = await startHubApi({ users, pageSize: 3 })
    const listed = await listUsers(apiOf(hub), never)
    expect(listed.size).toBe(9)
    expect(listed.get('alice')).toEqual(new Set(['', 'lab']))
    expect(listed.get('bob')).toEqual(new Set())
    const offsets = [0, 3, 6].map((offset) => `/users?offset=${offset}&limit=200`)
    expect(hub.asked).toEqual(offsets)
  })

  test('the users of a hub may have servers of any name', async () => {
    const names = ['constructor', '__proto__', 'prototype', 'toString']
    const api = apiOf(await startHubApi({ users: { alice: names } }))
    expect(await findUser(api, 'alice', never)).toEqual(new Set(names))
    expect((await listUsers(api, never)).get('alice')).toEqual(new Set(names))
  })

  test('a hub may have no users', async () => {
    expect(await listUsers(apiOf(await startHubApi()), never)).toEqual(new Map())
  })

  test.each(['alice', 'a b/c?d=é', '50%'])(
    'the users of a hub are found by any name: %s',
    async (name) => {
      const api = apiOf(await startHubApi({ users: { [name]: ['lab'] } }))
      expect(await findUser(api, name, never)).toEqual(new Set(['lab']))
      expect(await findUser(api, 'nobody', never)).toBeUndefined()
    },
  )
})

describe('a token', () => {
  test('a token that shows all users and servers is enough', async () => {
    await requireScopes(apiOf(await startHubApi()), never)
  })

  test.each([
    [['list:users'], 'lacks read:servers'],
    [['read:servers'], 'lacks list:users'],
    [['list:users!group=a', 'read:servers'], 'lacks list:users'],
    [['list:users', 'read:servers!user=alice'], 'lacks read:servers'],
    [[], 'lacks list:users and read:servers'],
  ])('a token that shows less than everything is not enough: %j', async (scopes, words) => {
    const error = await failure(requireScopes(apiOf(await startHubApi({ scopes })), never))
    expect(error).toMatchObject({ code: 'missing_scopes', message: expect.stringContaining(words) })
  })

  test('a token that the hub does not take is said to be refused', async () => {
    const error = await failure(listUsers(apiOf(await startHubApi(), { token: 'wrong' }), never))
    expect(error.code).toBe('missing_scopes')
    expect(error.message).toContain('list:users and read:servers')
    expect(error.message).not.toContain('wrong')
  })

  test('a token is not sent to the place that a redirect leads to', async () => {
    const elsewhere = await startHubApi()
    const instead: HubApiServer['instead'] = (_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/users` }).end()
      return true
    }
    const error = await failure(listUsers(apiOf(await startHubApi({ instead })), never))
    expect(error).toMatchObject({ code: 'unexpected_answer' })
    expect(error.message).toContain('status 302')
    expect(elsewhere.asked).toEqual([])
  })
})

describe('an answer that does not show everything', () => {
  const listed = async (instead: HubApiServer['instead'], more: Partial<HubApi> = {}) => {
    const hub = await startHubApi({ users: manyUsers(5), pageSize: 2, instead })
    return failure(listUsers(apiOf(hub, more), never))
  }
  const alice = { name: 'alice' }
  const last = { total: 1, next: null }

  test.each([
    ['users without their servers', { items: [alice], _pagination: last }, 'missing_scopes'],
    ['a plain list, as hubs before 2.0 send', [{ ...alice, servers: {} }], 'unexpected_answer'],
    [
      'fewer users than there are',
      { items: [{ ...alice, servers: {} }], _pagination: { total: 3, next: null } },
      'unexpected_answer',
    ],
    [
      'a next page that is none',
      { items: [{ ...alice, servers: {} }], _pagination: { total: 3, next: { offset: 0 } } },
      'unexpected_answer',
    ],
    [
      'servers that are a list',
      { items: [{ ...alice, servers: [] }], _pagination: last },
      'unexpected_answer',
    ],
    ['no pagination', { items: [] }, 'unexpected_answer'],
    ['null', null, 'unexpected_answer'],
  ])('an answer that does not show everything is an error: %s', async (_, json, code) => {
    const error = await listed((__, response) => answerJson(response, 200, json))
    expect(error.code).toBe(code)
  })

  test.each([
    [401, 'unauthorized'],
    [403, 'missing_scopes'],
    [404, 'unexpected_answer'],
    [429, 'unexpected_answer'],
    [500, 'unreachable'],
    [502, 'unreachable'],
    [503, 'unreachable'],
  ])('a list of users whose second page is %d is an error', async (status, code) => {
    const error = await listed(
      (path, response) => path.includes('offset=2') && answerJson(response, status, { status }),
    )
    expect(error).toMatchObject({ code })
  })

  test('a page of HTML in place of users is an error', async () => {
    const error = await listed((_, response) => {
      response.end('<html>Log in</html>')
      return true
    })
    expect(error.code).toBe('unexpected_answer')
    expect(error.message).not.toContain('Log in')
  })

  test('JupyterHub 6.1 says without a message that a user is not there', async () => {
    const instead: HubApiServer['instead'] = (_, response) =>
      answerJson(response, 404, { status: 404, message: null })
    expect(await findUser(apiOf(await startHubApi({ instead })), 'alice', never)).toBeUndefined()
  })

  test('a 404 that is not of a hub does not make a user gone', async () => {
    const instead: HubApiServer['instead'] = (_, response) => {
      response.writeHead(404).end('<html>no such site</html>')
      return true
    }
    const error = await failure(findUser(apiOf(await startHubApi({ instead })), 'alice', never))
    expect(error.code).toBe('unexpected_answer')
  })

  test('a connection that breaks in the middle of a page is an error', async () => {
    const error = await listed((path, response) => {
      if (!path.includes('offset=2')) return false
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"items": [')
      setTimeout(() => response.destroy(), 20)
      return true
    })
    expect(error.code).toBe('unreachable')
  })

  test('a page without an end is an error', async () => {
    const megabyte = ' '.repeat(1024 * 1024)
    const error = await listed((_, response) => {
      const write = () => {
        while (!response.destroyed && response.write(megabyte));
      }
      response.on('drain', write)
      write()
      return true
    })
    expect(error).toMatchObject({ code: 'unexpected_answer' })
    expect(error.message).toContain('longer than 16777216 bytes')
  })

  test('a hub that does not answer in time is an error', async () => {
    const error = await listed(() => true, { timeoutMs: 100 })
    expect(error).toMatchObject({ code: 'unreachable' })
    expect(error.message).toContain('does not answer in time')
  })

  test('an address where nobody answers is an error', async () => {
    const server = createServer()
    const address = await listenOnPort(server)
    server.close()
    const error = await failure(listUsers(apiOf({ url: `http://${address}/hub/api` }), never))
    expect(error).toMatchObject({ code: 'unreachable' })
    expect(error.message).toContain('ECONNREFUSED')
  })
})

test("an abort by the caller ends with the caller's own reason", async () => {
  const hub = await startHubApi({ instead: () => true })
  const caller = new AbortController()
  const listing = listUsers(apiOf(hub), caller.signal)
  caller.abort(new Error('shut down'))
  await expect(listing).rejects.toThrow('shut down')
})
