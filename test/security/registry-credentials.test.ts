import { describe, expect, test } from 'vitest'
import { readRegistryLogins } from '../../handlers/settings/registry-settings.ts'
import type { EngineRequest, EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { authFrom, firstAuth } from '../../src/spawner/images/registry-logins.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { canaryOf, findCanaries } from '../support/canaries.ts'
import { createTestService, send } from '../support/test-hub.ts'

/** Plants registry credentials in the service, makes every call, and looks at all that leaves it: answers, log, Engine. */

const canaries = {
  password: canaryOf('password'),
  token: canaryOf('token'),
  encoded: canaryOf('encoded'),
}
const found = (text: string) => findCanaries(canaries, text)

const SETTING = {
  auths: {
    'private.example': { username: 'lab', password: canaries.password },
    'token.example': { auth: btoa('lab:'), identitytoken: canaries.token },
    'https://index.docker.io/v1/': { auth: btoa(`lab:${canaries.encoded}`) },
    'helper.example': {},
  },
  credsStore: 'desktop',
}
const REGISTRIES = ['private.example/lab', 'token.example/lab', 'lab', 'helper.example/lab']
const HEADER = 'x-registry-auth'

/** A service with the credentials, and every request that it sends to the Engine. */
const open = () => {
  const logins = readRegistryLogins({ SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify(SETTING) })
  if (!logins) throw new Error('not set')
  const { transport, fetch } = createEmbeddedEngine({ speed: 20 })
  const sent: EngineRequest[] = []
  const noting: EngineTransport = (request) => {
    sent.push(request)
    return transport(request)
  }
  const spawner = createSpawner(noting, { registryAuth: firstAuth([authFrom(logins)]) })
  const kept = async () => (await fetch(new Request('http://docker/services'))).text()
  return { service: createTestService(spawner), sent, kept }
}

const start = (image: string, username: string, more: object = {}) => ({
  server: { username },
  wait_s: 5,
  config: { container_spec: { image }, networks: ['jupyterhub'], use_user_options: true },
  ...more,
})

describe.each(REGISTRIES)('with an image of %s', (place) => {
  const calls: [string, object][] = [
    ['explain', start(`${place}/notebook:1`, 'runs')],
    ['start', start(`${place}/notebook:1`, 'runs')],
    ['start', start(`${place}/image-missing:1`, 'misses')],
    ['start', start(`${place}/registry-denied:1`, 'denied')],
    ['start', start('demo/notebook:1', 'chooses', { user_options: { image: `${place}/own:1` } })],
    ['explain', start('demo/notebook:1', 'asks', { user_options: { image: `${place}/own:1` } })],
    ['poll', { server: { username: 'runs' } }],
    ['stop', { server: { username: 'runs' } }],
    ['forget', { server: { username: 'runs' } }],
  ]

  test(`no answer, log or spec has the credentials, and the Engine gets them in one header: ${place}`, async () => {
    const { service, sent, kept } = open()
    for (const [verb, data] of calls) {
      const answers = [
        await send(service, verb, data),
        await send(service, verb, data, { headers: { accept: 'text/event-stream' } }),
      ]
      for (const answer of answers)
        expect([verb, found(JSON.stringify([...answer.headers]) + (await answer.text()))]).toEqual([
          verb,
          [],
        ])
      expect([verb, found(await kept())]).toEqual([verb, []])
    }
    expect(found(JSON.stringify(service.logged))).toEqual([])
    for (const { path, body = '', headers = {} } of sent) {
      const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== HEADER)
      expect(found(JSON.stringify([path, body, others]))).toEqual([])
    }
  })

  test(`the credentials of ${place} go out with its own images only`, async () => {
    const { service, sent } = open()
    await send(service, 'start', start(`${place}/notebook:1`, 'one'))
    const isSent = place !== 'helper.example/lab'
    const creates = sent.filter(({ path }) => path.includes('/services/create'))
    expect(creates).toHaveLength(isSent ? 1 : 0)
    for (const { headers = {} } of creates)
      expect(found(Buffer.from(headers[HEADER] ?? '', 'base64url').toString())).toHaveLength(1)
    sent.length = 0
    await send(service, 'start', start('public.example/notebook:1', 'two'))
    for (const { headers = {} } of sent) expect(headers).not.toHaveProperty(HEADER)
  })
})

test('an image whose credentials a helper keeps is refused with the name of the helper', async () => {
  const { service, sent } = open()
  const refused = await send(service, 'start', start('helper.example/lab/notebook:1', 'alice'))
  expect(refused.status).toBe(500)
  expect(await refused.json()).toMatchObject({
    code: 'registry_credentials',
    retryable: false,
    detail: expect.stringContaining('helper.example are kept by docker-credential-desktop'),
  })
  expect(sent.filter(({ path }) => path.includes('/services/create'))).toEqual([])
})

test('explain names the helper as an obstacle, and as the rule for an image that a user has typed', async () => {
  const { service } = open()
  const own = 'helper.example/lab/notebook:1'
  const explained = await send(service, 'explain', start(own, 'alice'))
  expect(await explained.json()).toMatchObject({
    would_start: false,
    obstacles: [
      {
        from: 'container_spec.image',
        reason: expect.stringContaining('kept by docker-credential-desktop'),
      },
    ],
  })
  const typed = start('demo/notebook:1', 'bob', { user_options: { image: own } })
  const refused = await send(service, 'start', typed)
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    code: 'not_allowed',
    detail: expect.stringContaining('cannot read (SWARMSPAWNER_REGISTRY_AUTH: the credentials of'),
  })
})
