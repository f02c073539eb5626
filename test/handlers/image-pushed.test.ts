import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readRegistryEvent, registryEventNames } from '../../fixtures/registry-event.ts'
import { DockerError } from '../../src/docker/errors.ts'
import type { Act } from '../../src/spawner/audit.ts'
import { listPullJobs, pullAhead } from '../../src/spawner/images/pull-ahead.ts'
import { listenOnPort } from '../support/listen.ts'
import {
  openPushService,
  PUSH_TOKENS,
  type PushService,
  pushEvent,
} from '../support/push-service.ts'
import { problemOf } from '../support/test-hub.ts'

const { signal } = new AbortController()
const NOTEBOOK = 'registry.example.org/lab/notebook:1'
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`

/** What the hub has due. */
const due = async ({ spawner }: PushService, hub = 'default') =>
  (await listPullJobs(spawner, { hub, signal })).map(({ labels }) => labels)

const created = ({ asked }: PushService) => asked.filter((one) => one.endsWith('/services/create'))

const counts = async (response: Response) => {
  expect(response.status).toBe(202)
  return response.json()
}

/** How many events of each fixture are accepted: 127.0.0.1:5000 is the host registry.example.org of the policy. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'distribution-2.8.push': 'registry.example.org/lab/notebook:1',
  'distribution-2.8.push-index': 'registry.example.org/lab/notebook:multi',
  'distribution-3.1.push': 'registry.example.org/lab/notebook:1',
  'distribution-3.1.push-index': 'registry.example.org/lab/notebook:multi',
  'github.package': 'ghcr.io/codertocat/hello-world:nightly',
  'github.registry-package': 'ghcr.io/codertocat/hello-world:nightly',
}

test.each(registryEventNames())(
  'of the registry event %s, only images that the policy lists are pulled',
  async (name) => {
    const service = openPushService()
    const { headers, body } = readRegistryEvent(name)
    const image = ACCEPTED[name]
    const answer = await counts(await service.send(body, headers))
    expect(answer).toMatchObject(image ? { accepted: 1, ignored: 0 } : { accepted: 0 })
    await service.done()
    expect((await due(service)).map((one) => [one.image, one.source])).toEqual(
      image ? [[image, 'push']] : [],
    )
  },
)

describe('a pushed image', () => {
  test('a pushed image that is due is pulled where it is due, under the name that the hub uses', async () => {
    const acts: Act[] = []
    const service = openPushService({ audit: (act) => void acts.push(act) })
    const wanted = {
      hub: 'default',
      image: 'jupyter/base-notebook',
      digest: digestOf('a'),
      constraints: ['node.labels.disk==ssd'],
      source: 'hub' as const,
      why: 'profile small',
    }
    await pullAhead(service.spawner, { ...wanted, signal })
    const event = pushEvent('docker.io/jupyter/base-notebook:latest')
    expect(await counts(await service.send({ events: [event] }))).toEqual({
      accepted: 1,
      ignored: 0,
    })
    await service.done()
    expect(acts.filter(({ by }) => by === 'registry').map(({ act }) => act)).toEqual([
      'pull',
      'drop',
    ])
    const [job, ...more] = await due(service)
    expect(more).toEqual([])
    expect(job).toMatchObject({
      image: 'jupyter/base-notebook',
      constraints: ['node.labels.disk==ssd'],
      source: 'hub',
      why: 'profile small',
    })
    expect(job?.digest).not.toBe(digestOf('a'))
  })

  test('the next start of a pushed image asks no registry', async () => {
    const service = openPushService()
    await service.send({ events: [pushEvent(NOTEBOOK)] })
    await service.done()
    const [job] = await due(service)
    service.asked.length = 0
    const asked = { pullPolicy: 'if-not-present' as const, isTrusted: true, signal }
    const { digest } = await service.spawner.digests.resolve(NOTEBOOK, asked)
    expect(digest).toBe(job?.digest)
    expect(service.asked).toEqual([])
  })

  test('a digest that an event claims pins nothing: the registry says which one the tag has', async () => {
    const service = openPushService()
    await service.send({ events: [pushEvent(NOTEBOOK, digestOf('f'))] })
    await service.done()
    const [job] = await due(service)
    expect(job?.digest).toMatch(/^sha256:/)
    expect(job?.digest).not.toBe(digestOf('f'))
    expect(service.spawner.digests.known(NOTEBOOK, { isTrusted: true })?.digest).toBe(job?.digest)
  })

  test('a digest that was known before the push is asked for anew', async () => {
    const service = openPushService()
    service.spawner.digests.remember(NOTEBOOK, digestOf('a'))
    await service.send({ events: [pushEvent(NOTEBOOK)] })
    await service.done()
    const [job] = await due(service)
    expect(job?.digest).not.toBe(digestOf('a'))
    const known = service.spawner.digests.known(NOTEBOOK, { isTrusted: true })
    expect(known?.digest).toBe(job?.digest)
  })

  test('a storm of pushes makes one pull for each image', async () => {
    const service = openPushService()
    const other = 'registry.example.org/lab/other:1'
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, nth) =>
        service.send({ events: [pushEvent(nth % 2 ? NOTEBOOK : other)] }),
      ),
    )
    for (const answer of answers) expect(await counts(answer)).toMatchObject({ accepted: 1 })
    await service.done()
    expect(service.asked.filter((one) => one.includes('/distribution/'))).toHaveLength(2)
    expect(created(service)).toHaveLength(2)
  })

  test('a push that two copies of the service hear of makes one job', async () => {
    const one = openPushService()
    const other = openPushService({ spawner: one.spawner })
    await Promise.all([one, other].map((copy) => copy.send({ events: [pushEvent(NOTEBOOK)] })))
    await Promise.all([one.done(), other.done()])
    expect(await due(one)).toHaveLength(1)
  })

  test('images of another hub are not pulled with the token of a hub', async () => {
    const service = openPushService()
    const image = 'quay.io/biology/notebook:1'
    await pullAhead(service.spawner, { hub: 'other', image, digest: digestOf('a'), signal })
    const event = { events: [pushEvent(image)] }
    expect(await counts(await service.send(event))).toMatchObject({ accepted: 0, ignored: 1 })
    expect(await counts(await service.send(event, {}, PUSH_TOKENS.other))).toMatchObject({
      accepted: 1,
    })
    await service.done()
    expect(await due(service)).toEqual([])
  })

  test('no more pushed images become due than a bound, but those that are due already are pulled', async () => {
    const service = openPushService()
    const images = Array.from({ length: 101 }, (_, nth) => `registry.example.org/lab/a:${nth}`)
    for (const image of images.slice(0, 100)) {
      const wanted = { hub: 'default', image, digest: digestOf('a'), source: 'push' as const }
      await pullAhead(service.spawner, { ...wanted, signal })
    }
    const answer = await counts(await service.send({ events: images.map((one) => pushEvent(one)) }))
    expect(answer).toMatchObject({ accepted: 100, ignored: 1 })
    expect(service.logged.at(-1)).toMatchObject({ level: 'warn', not_pulled: [images[100]] })
    service.shutdown.abort()
    await service.done()
  })

  test('what does not fit into the queue is told as ignored', async () => {
    const service = openPushService({ maxKeys: 3 })
    const events = Array.from({ length: 5 }, (_, nth) =>
      pushEvent(`registry.example.org/lab/a:${nth}`),
    )
    const answer = await counts(await service.send({ events }))
    expect(answer).toMatchObject({ accepted: 3, ignored: 2 })
    await service.done()
    expect(await due(service)).toHaveLength(3)
  })
})

describe('a call of a registry', () => {
  test('a call with an old and with a new token is accepted while tokens are rotated', async () => {
    const service = openPushService()
    for (const token of [PUSH_TOKENS.default, PUSH_TOKENS.next])
      expect((await service.send({ events: [] }, {}, token)).status).toBe(202)
    expect(service.logged.map(({ hub }) => hub)).toEqual(['default', 'default'])
  })

  test('a registry stays an unknown caller, so a stolen token uses up nothing of a hub', async () => {
    const asked: string[] = []
    const callers = {
      readBody: async (request: Request) => {
        asked.push('body')
        return request.text()
      },
      verified: () => void asked.push('verified'),
    }
    const service = openPushService({ callers })
    await service.send({ events: [pushEvent(NOTEBOOK)] })
    await service.send('x', {}, 'wrong')
    await service.done()
    expect(asked).toEqual(['body'])
  })

  test.each([
    'wrong',
    PUSH_TOKENS.default.slice(0, -1),
    `${PUSH_TOKENS.default}x`,
    PUSH_TOKENS.default.toUpperCase(),
    'x'.repeat(10_000),
    '%00',
  ])('a call with the token %s is refused, and its body is not read', async (token) => {
    const service = openPushService()
    const response = await service.send('x', {}, token)
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(service.asked).toEqual([])
  })

  test('a wrong token and a service without tokens get the same answer', async () => {
    const answers = [openPushService(), openPushService({ push: undefined })].map(async (service) =>
      (await service.send('x', {}, 'wrong')).text(),
    )
    const [one, other] = await Promise.all(answers)
    expect(one).toBe(other)
  })

  test('the token of a call stands neither in the log nor in an answer', async () => {
    const service = openPushService()
    const texts: string[] = []
    for (const body of ['no json', '{}', { events: [pushEvent(NOTEBOOK)] }, 'x'.repeat(2_000_000)])
      for (const token of [PUSH_TOKENS.default, 'a-wrong-token-that-is-long-enough'])
        texts.push(await (await service.send(body, {}, token)).text())
    await service.done()
    const told = JSON.stringify([texts, service.logged])
    expect(told).toContain('/image-pushed/:token')
    expect(told).not.toMatch(/the-push-token|a-wrong-token/)
  })

  test.each([
    ['text', 'no json'],
    ['a form, as GitHub sends it by default', `payload=${encodeURIComponent('{"action":1}')}`],
    ['nothing', ''],
    ['half of an event', '{"events": ['],
  ])('a call with %s is refused, and told what to set', async (_, body) => {
    const problem = await problemOf(await openPushService().send(body))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_json' })
    expect(problem.detail).toContain('application/json')
  })

  test.each(['gzip', 'br', 'deflate, gzip', 'zstd'])(
    'a body that is compressed by %s is never unpacked, and its sender is told so',
    async (encoding) => {
      const bomb = gzipSync(new Uint8Array(50_000_000))
      const headers = { 'content-encoding': encoding }
      const problem = await problemOf(
        await openPushService().send(bomb.toString('latin1'), headers),
      )
      expect(problem).toMatchObject({ status: 400, code: 'invalid_json' })
      expect(problem.detail).toContain('without content-encoding')
    },
  )

  test('a body of 5 MB is refused before it is read', async () => {
    const service = openPushService()
    const headers = { 'content-length': '5000000' }
    const response = await service.send('x', headers)
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'too_large' })
  })

  test('a body of 5 MB of unknown length is refused once it is too long', async () => {
    const service = openPushService()
    const response = await service.send('x'.repeat(5_000_000))
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'too_large' })
  })

  test('10,000 events in one envelope are answered, and bounded', async () => {
    const service = openPushService()
    const event = { action: 'push', target: { repository: 'lab/notebook', tag: '1' } }
    const events = Array.from({ length: 10_000 }, () => event)
    const host = { events: [{ ...event, request: { host: '127.0.0.1:5000' } }, ...events] }
    expect(await counts(await service.send(host))).toMatchObject({ accepted: 1, ignored: 10_000 })
    await service.done()
    expect(created(service)).toHaveLength(1)
  })

  test.each([
    ['another JSON', { hello: 'world' }],
    ['a list', [1, 2, 3]],
    ['null', 'null'],
    ['nesting without end', `{"events":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('%s is answered as ignored, for registries send again what is refused', async (_, body) => {
    const service = openPushService()
    expect(await counts(await service.send(body))).toMatchObject({ accepted: 0 })
    expect(service.asked).toEqual([])
  })

  test('an unknown body is told in the log, with what to do', async () => {
    const service = openPushService()
    await service.send({ hello: 'world' })
    expect(service.logged).toMatchObject([{ level: 'warn', registry: null, ignored: 1 }])
    expect(JSON.stringify(service.logged)).toContain('docs/images.md')
  })

  test('an image that is not listed is named in the log, and not in the answer', async () => {
    const service = openPushService()
    const answer = await counts(
      await service.send({ events: [pushEvent('quay.io/other/image:1')] }),
    )
    expect(answer).toMatchObject({
      accepted: 0,
      ignored: 1,
      message: expect.stringContaining('policy'),
    })
    expect(JSON.stringify(answer)).not.toContain('quay.io')
    expect(service.logged).toMatchObject([
      { level: 'info', message: 'image-pushed', not_pulled: ['quay.io/other/image:1'] },
    ])
  })

  test('a callback address in an event is never called', async () => {
    let heard = 0
    const callback = createServer((_, response) => {
      heard++
      response.end()
    })
    const address = `http://${await listenOnPort(callback)}`
    const service = openPushService()
    const { body } = readRegistryEvent('docker-hub.push')
    const event = JSON.parse(body)
    event.callback_url = address
    event.repository.repo_url = address
    await pullAhead(service.spawner, {
      hub: 'default',
      image: 'svendowideit/testhook',
      digest: digestOf('a'),
      signal,
    })
    expect(await counts(await service.send(event))).toMatchObject({ accepted: 1 })
    const withUrl = pushEvent(NOTEBOOK)
    const target = { ...withUrl.target, url: `${address}/v2/lab/notebook/manifests/1` }
    expect(await counts(await service.send({ events: [{ ...withUrl, target }] }))).toMatchObject({
      accepted: 1,
    })
    await service.done()
    expect(heard).toBe(0)
    expect((await fetch(address)).status).toBe(200)
    expect(heard).toBe(1)
  })
})

describe('an event of GitHub', () => {
  const { headers, body } = readRegistryEvent('github.package')
  const signed = (secret: string, text = body) => ({
    ...headers,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
  })

  test('an event of GitHub that is signed with the token is accepted', async () => {
    const service = openPushService()
    const answer = await counts(await service.send(body, signed(PUSH_TOKENS.default)))
    expect(answer).toMatchObject({ accepted: 1 })
    await service.done()
  })

  test.each([
    ['with another secret', signed('another secret')],
    ["with the hub's other token", signed(PUSH_TOKENS.next)],
    ['over another body', signed(PUSH_TOKENS.default, `${body} `)],
    ['by nothing', { ...headers, 'x-hub-signature-256': '' }],
    ['in SHA-1', { ...headers, 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }],
  ])('an event of GitHub that is signed %s is refused', async (_, wrong) => {
    const service = openPushService()
    const problem = await problemOf(await service.send(body, wrong))
    expect(problem).toMatchObject({ status: 401, code: 'unauthorized' })
    expect(problem.detail).toContain('secret of the webhook')
    expect(service.asked).toEqual([])
  })
})

describe('an Engine that cannot be asked', () => {
  const away = async () => {
    throw new DockerError('unreachable', 'nobody listens')
  }

  test('a push while the Engine is away is refused as retryable, so that registries send it again', async () => {
    const service = openPushService({ transport: away })
    const problem = await problemOf(await service.send({ events: [pushEvent(NOTEBOOK)] }))
    expect(problem).toMatchObject({ status: 503, code: 'engine_unreachable', retryable: true })
  })

  test('events that are no push are answered while the Engine is away', async () => {
    const service = openPushService({ transport: away })
    const { headers, body } = readRegistryEvent('distribution-2.8.pull')
    expect(await counts(await service.send(body, headers))).toEqual({ accepted: 0, ignored: 1 })
  })
})
