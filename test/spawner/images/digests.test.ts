import { describe, expect, test } from 'vitest'
import { pullAhead } from '../../../src/spawner/images/pull-ahead.ts'
import type { PullPolicy } from '../../../src/spawner/settings/pull-policy.ts'
import { createSpawner, type SpawnerSettings } from '../../../src/spawner/spawner.ts'
import {
  digestOf,
  type RegistrySays,
  refuses,
  registryEngine,
  tells,
} from '../../support/registry-engine.ts'

const { signal } = new AbortController()
const A = digestOf('a')
const B = digestOf('b')
const IMAGE = 'quay.io/lab/notebook:1'
const DOWN = refuses(500, 'Get "https://quay.io/v2/": dial tcp: connect: connection refused')
const UNKNOWN = refuses(404, 'manifest unknown: manifest unknown')

const world = (settings?: SpawnerSettings) => {
  const engine = registryEngine(settings)
  const resolve = (
    image = IMAGE,
    { pullPolicy = 'if-not-present', isTrusted = true, hub = 'default' }: Partial<Asked> = {},
  ) => engine.spawner.digests.resolve(image, { pullPolicy, isTrusted, hub, signal })
  return { ...engine, resolve }
}
type Asked = { pullPolicy: PullPolicy; isTrusted: boolean; hub: string }

describe('a tag', () => {
  test('gets the digest and the platforms that its registry tells', async () => {
    const { resolve, says, asked } = world()
    says.registry = tells(A, 'linux/amd64', 'linux/arm', 'unknown/unknown', 'linux/amd64')
    expect(await resolve()).toEqual({
      image: `${IMAGE}@${A}`,
      digest: A,
      platforms: [
        { Architecture: 'amd64', OS: 'linux' },
        { Architecture: '', OS: 'linux' },
      ],
      from: 'registry',
    })
    expect(asked).toEqual([{ image: IMAGE, auth: undefined }])
  })

  test('a hundred who ask at once share one request, and so does who asks within the time', async () => {
    const { resolve, pass, asked } = world()
    const all = await Promise.all(Array.from({ length: 100 }, () => resolve()))
    expect(new Set(all.map(({ image }) => image))).toEqual(new Set([`${IMAGE}@${A}`]))
    pass(299_000)
    await resolve()
    expect(asked).toHaveLength(1)
    pass(2000)
    await resolve()
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['docker.io/library/python', 'python:latest'],
    ['index.docker.io/lab/nb:1', 'lab/nb:1'],
    ['QUAY.IO/lab/nb', 'quay.io:443/lab/nb:latest'],
  ])('%s and %s are one tag', async (one, other) => {
    const { resolve, asked } = world()
    const [first, second] = [await resolve(one), await resolve(other)]
    expect(asked).toHaveLength(1)
    expect(first.image).toBe(`${one}${one.endsWith(':1') ? '' : ':latest'}@${A}`)
    expect(second.image).toBe(`${other}@${A}`)
  })

  test.each([`quay.io/lab/nb@${B}`, `quay.io/lab/nb:1@${B}`, B, 'cafe01', 'a/B:1', 'a b'])(
    'nobody is asked about %s',
    async (image) => {
      const { resolve, calls } = world()
      expect(await resolve(image)).toEqual({ image, from: 'name' })
      expect(await resolve(image, { pullPolicy: 'always' })).toEqual({ image, from: 'name' })
      expect(calls).toEqual([])
    },
  )

  test('with a time of 0 each who asks alone asks the registry', async () => {
    const { resolve, asked } = world({ digestTtlMs: 0 })
    await resolve()
    await resolve()
    expect(asked).toHaveLength(2)
  })

  test('a caller who leaves takes the answer from nobody', async () => {
    const { spawner, says, resolve, asked } = world()
    says.registry = 'nothing'
    says.image = refuses(404, 'No such image')
    const leaver = new AbortController()
    const left = spawner.digests.resolve(IMAGE, {
      ...{ pullPolicy: 'if-not-present', isTrusted: true },
      signal: leaver.signal,
    })
    const stayed = resolve()
    await Promise.resolve()
    leaver.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    expect(await stayed).toMatchObject({ from: 'nobody' })
    expect(asked).toHaveLength(1)
  })

  test('an Engine that cannot be asked is an error, and nothing is remembered of it', async () => {
    const { resolve, says } = world()
    says.registry = 'away'
    await expect(resolve()).rejects.toThrow('The Engine is away')
    says.registry = tells(A)
    expect(await resolve()).toMatchObject({ digest: A })
  })
})

describe('a registry that does not tell', () => {
  const warned = (words: string) => expect.stringContaining(words)

  test.each<[string, RegistrySays, string]>([
    ['is down', DOWN, 'did not tell'],
    ['refuses the credentials', refuses(401, 'unauthorized: authentication required'), 'refused'],
    [
      'wants credentials',
      refuses(500, 'Head "https://quay.io/x": no basic auth credentials'),
      'refused',
    ],
    ['does not know the tag', UNKNOWN, 'refused'],
    [
      'is no registry',
      refuses(500, "invalid character '<' looking for beginning of value"),
      'did not tell',
    ],
    ['is busy', refuses(503, 'service unavailable'), 'did not tell'],
    ['tells a short digest', tells('sha256:abc'), 'no digest of the form'],
    ['tells another kind of digest', tells(`sha512:${'a'.repeat(128)}`), 'no digest of the form'],
    ['tells a digest with more behind it', tells(`${A} --privileged`), 'no digest of the form'],
    ['tells a digest in capitals', tells(A.toUpperCase()), 'no digest of the form'],
    ['tells a number', { status: 200, body: { Descriptor: { digest: 5 } } }, 'did not tell'],
    ['answers another kind of JSON', { status: 200, body: [] }, 'did not tell'],
  ])('leaves the tag to the nodes and warns when it %s', async (_, registry, words) => {
    const { resolve, says } = world()
    says.registry = registry
    says.image = refuses(404, 'No such image')
    expect(await resolve()).toEqual({ image: IMAGE, from: 'nobody', warning: warned(words) })
  })

  test('is not asked again for half a minute, whoever asks, and then once more', async () => {
    const { resolve, says, asked, pass, calls } = world()
    says.registry = DOWN
    says.image = refuses(404, 'No such image')
    await Promise.all([resolve(), resolve()])
    await resolve()
    expect(asked).toHaveLength(1)
    expect(calls.filter((call) => call.includes('/images/'))).toHaveLength(1)
    pass(31_000)
    says.registry = tells(B)
    expect(await resolve()).toMatchObject({ image: `${IMAGE}@${B}`, from: 'registry' })
    expect(asked).toHaveLength(2)
  })

  test('is waited for once, and later by nobody', async () => {
    const { resolve, says, asked } = world()
    says.registry = 'nothing'
    says.image = refuses(404, 'No such image')
    expect(await resolve()).toMatchObject({ warning: warned('no answer within 2 s') })
    // Each wait would be longer than the patience of this test.
    for (let index = 0; index < 100; index++) await resolve()
    expect(asked).toHaveLength(1)
  })

  test('leaves the digest that was known before, also after its time', async () => {
    const { resolve, says, pass } = world()
    says.registry = tells(A, 'linux/arm64')
    await resolve()
    pass(24 * 3_600_000)
    says.registry = DOWN
    expect(await resolve()).toEqual({
      image: `${IMAGE}@${A}`,
      digest: A,
      platforms: [{ OS: 'linux', Architecture: 'arm64' }],
      from: 'known',
      warning: warned('the digest that was known before'),
    })
  })

  const local = (RepoDigests: string[] | null, Id = digestOf('1')): RegistrySays => ({
    status: 200,
    body: { Id, RepoDigests },
  })

  test("leaves the digest of the manager's own image of the same repository", async () => {
    const { resolve, says } = world()
    says.registry = DOWN
    says.image = local([`quay.io/lab/other@${B}`, `quay.io/lab/notebook@${A}`])
    expect(await resolve()).toEqual({
      image: `${IMAGE}@${A}`,
      digest: A,
      from: 'engine',
      warning: warned("the digest of the manager's own image"),
    })
  })

  test.each<[string, RegistrySays]>([
    ['was built here', local([])],
    ['was built here, as newer Engines tell it', local(null)],
    ['came from another repository', local([`quay.io/lab/other@${B}`])],
  ])('is no news about an image that %s', async (_, image) => {
    const { resolve, says } = world()
    says.registry = DOWN
    says.image = image
    expect(await resolve()).toEqual({ image: IMAGE, from: 'engine' })
  })

  test('is not asked again about an image that was built here, until a digest would be too old; nor is the Engine', async () => {
    const { resolve, says, asked, calls, pass } = world()
    says.registry = DOWN
    says.image = local([])
    await resolve()
    const before = calls.length
    for (const _ of [1, 2, 3, 4]) {
      pass(70_000)
      expect(await resolve()).toEqual({ image: IMAGE, from: 'engine' })
    }
    expect(calls).toHaveLength(before)
    pass(70_000)
    says.registry = tells(A)
    expect(await resolve()).toMatchObject({ digest: A, from: 'registry' })
    expect(asked).toHaveLength(2)
  })

  test("is believed about an image of containerd's store, which has a digest wherever it came from", async () => {
    const { resolve, says, pass } = world()
    says.image = local([`quay.io/lab/notebook@${A}`], A)
    says.registry = UNKNOWN
    expect(await resolve()).toEqual({ image: IMAGE, from: 'engine' })
    pass(31_000)
    says.registry = DOWN
    expect(await resolve()).toMatchObject({ image: IMAGE, from: 'nobody' })
  })

  test('is told to the log once, until it has answered again', async () => {
    const { resolve, says, spawner, pass } = world()
    const isNews = () => spawner.digests.isNews(IMAGE, { isTrusted: true })
    expect(isNews()).toBe(false)
    says.registry = DOWN
    says.image = refuses(404, 'No such image')
    for (const expected of [true, false]) {
      await resolve()
      expect(isNews()).toBe(expected)
      pass(31_000)
    }
    says.registry = tells(A)
    await resolve()
    pass(301_000)
    says.registry = DOWN
    await resolve()
    expect(isNews()).toBe(true)
    pass(3_601_000)
    expect(isNews()).toBe(true)
  })

  test('does not keep the others waiting: at most 32 are asked at once', async () => {
    const { resolve, says, asked } = world()
    says.registry = 'nothing'
    says.image = refuses(404, 'No such image')
    const images = Array.from({ length: 40 }, (_, index) => `quay.io/lab/${index}:1`)
    const all = await Promise.all(images.map((image) => resolve(image, { isTrusted: false })))
    expect(asked).toHaveLength(32)
    expect(all.filter(({ warning }) => warning?.includes('32 other registries'))).toHaveLength(8)
    says.registry = tells(A)
    expect(await resolve()).toMatchObject({ digest: A })
  })
})

describe('an image that only a user has named', () => {
  const registryAuth = async () => 'secret'

  test('never gets what credentials have found, or what the Engine has', async () => {
    const { resolve, asked, says, calls } = world({ registryAuth })
    expect(await resolve()).toMatchObject({ digest: A })
    says.registry = refuses(401, 'unauthorized')
    const others = { isTrusted: false }
    expect(await resolve(IMAGE, others)).toMatchObject({ image: IMAGE, from: 'nobody' })
    expect(asked.map(({ auth }) => auth)).toEqual(['secret', undefined])
    expect(calls.filter((call) => call.includes('/images/'))).toEqual([])
  })

  test('gives nothing to the others', async () => {
    const { resolve, asked, says } = world({ registryAuth })
    expect(await resolve(IMAGE, { isTrusted: false })).toMatchObject({ digest: A })
    says.registry = tells(B)
    expect(await resolve()).toMatchObject({ digest: B })
    expect(asked).toHaveLength(2)
  })

  test('a thousand of them push none of the others out', async () => {
    const { resolve, asked } = world()
    await resolve()
    for (let index = 0; index < 1100; index++)
      await resolve(`quay.io/x/${index}:1`, { isTrusted: false })
    const before = asked.length
    await resolve()
    expect(asked).toHaveLength(before)
  })

  test('is refused under `never`, without a look at what is here', async () => {
    const { resolve, calls } = world()
    expect(await resolve(IMAGE, { pullPolicy: 'never', isTrusted: false })).toMatchObject({
      refusal: expect.stringMatching(/^pull_policy is never, so no registry says who may have/),
    })
    expect(calls).toEqual([])
  })
})

test('a thousand tags are remembered, and the one that nobody asked for is forgotten', async () => {
  const { resolve, asked } = world()
  for (let index = 0; index <= 1000; index++) await resolve(`quay.io/lab/${index}:1`)
  await resolve('quay.io/lab/1000:1')
  expect(asked).toHaveLength(1001)
  await resolve('quay.io/lab/0:1')
  expect(asked).toHaveLength(1002)
})

describe('always', () => {
  const always = { pullPolicy: 'always' } as const

  test('asks each time, and once for all who ask at the same time', async () => {
    const { resolve, asked, says } = world()
    await Promise.all(Array.from({ length: 10 }, () => resolve(IMAGE, always)))
    says.registry = tells(B)
    expect(await resolve(IMAGE, always)).toMatchObject({ image: `${IMAGE}@${B}` })
    expect(asked).toHaveLength(2)
  })

  test('believes a registry that says no', async () => {
    const { resolve, says } = world()
    await resolve()
    says.registry = UNKNOWN
    expect(await resolve(IMAGE, always)).toEqual({
      image: IMAGE,
      from: 'nobody',
      refusal: expect.stringMatching(
        /^pull_policy is always, and the registry refuses .*manifest unknown/,
      ),
    })
  })

  test('leaves the tag to the nodes where the registry says nothing, and not an older digest', async () => {
    const { resolve, says } = world()
    await resolve()
    says.registry = DOWN
    expect(await resolve(IMAGE, always)).toEqual({
      image: IMAGE,
      from: 'nobody',
      warning: expect.stringContaining('each node asks the registry itself'),
    })
  })
})

describe('never', () => {
  const never = { pullPolicy: 'never' } as const

  test("takes the id of the manager's own image, because nodes ask nobody for an id", async () => {
    const { resolve, says, asked } = world()
    says.image = {
      status: 200,
      body: { Id: digestOf('1'), RepoDigests: [`quay.io/lab/notebook@${A}`] },
    }
    expect(await resolve(IMAGE, never)).toEqual({ image: digestOf('1'), digest: A, from: 'engine' })
    expect(asked).toEqual([])
  })

  test('takes the id of an image that was pulled by its digest, and so has no tag there', async () => {
    const { resolve, says, calls } = world()
    await resolve()
    says.imageOf = (name) => (name.endsWith(`@${A}`) ? image : refuses(404, 'No such image'))
    const image = {
      status: 200,
      body: { Id: digestOf('1'), RepoDigests: [`quay.io/lab/notebook@${A}`] },
    }
    expect(await resolve(IMAGE, never)).toEqual({ image: digestOf('1'), digest: A, from: 'engine' })
    expect(calls.filter((call) => call.includes('/images/'))).toHaveLength(2)
  })

  test('takes the digest that is known, and says which node would ask', async () => {
    const { resolve, says, asked } = world()
    await resolve()
    says.image = refuses(404, 'No such image')
    expect(await resolve(IMAGE, never)).toMatchObject({
      image: `${IMAGE}@${A}`,
      warning: expect.stringContaining('a node without it would'),
    })
    expect(await resolve(`quay.io/lab/notebook@${B}`, never)).toMatchObject({
      image: `quay.io/lab/notebook@${B}`,
      from: 'name',
    })
    expect(asked).toHaveLength(1)
  })

  test('is refused where nothing is known, and says what to do', async () => {
    const { resolve, says, asked } = world()
    says.image = refuses(404, 'No such image')
    expect(await resolve(IMAGE, never)).toMatchObject({
      refusal: expect.stringMatching(
        /docker load, docker pull\), or set pull_policy to if-not-present$/,
      ),
    })
    expect(await resolve(B, never)).toEqual({ image: B, from: 'name' })
    expect(asked).toEqual([])
  })
})

describe('what was announced', () => {
  test('needs no registry, for the hub that it was announced to', async () => {
    const { resolve, spawner, asked } = world()
    spawner.digests.remember('quay.io/lab/notebook:1', B, 'default')
    expect(await resolve()).toMatchObject({ image: `${IMAGE}@${B}`, from: 'announced' })
    expect(asked).toEqual([])
    expect(await resolve(IMAGE, { hub: 'other' })).toMatchObject({ digest: A, from: 'registry' })
    expect(await resolve(IMAGE, { isTrusted: false })).toMatchObject({ digest: A })
  })

  test.each([
    ['no digest', 'latest'],
    ['a short one', 'sha256:abc'],
    ['one with more', `${B}\n`],
  ])('%s is no announcement', async (_, digest) => {
    const { resolve, spawner } = world()
    spawner.digests.remember(IMAGE, digest)
    spawner.digests.remember(`${IMAGE}@${A}`, B)
    expect(await resolve()).toMatchObject({ digest: A })
  })

  test('a pull asks the registry, although its last answer is still good, and starts get the new one', async () => {
    const { resolve, spawner, says, asked } = world()
    await resolve()
    says.registry = tells(B)
    const report = await pullAhead(spawner, { hub: 'default', image: IMAGE, signal })
    expect(report).toMatchObject({ digest: B, warning: null })
    expect(await resolve()).toMatchObject({ digest: B })
    expect(asked).toHaveLength(2)
    says.registry = DOWN
    expect(await pullAhead(spawner, { hub: 'default', image: IMAGE, signal })).toMatchObject({
      digest: B,
      warning: expect.stringContaining('did not tell'),
    })
  })

  test('a copy that remembers nothing asks no registry for what was just pulled ahead by its hub', async () => {
    const { resolve, transport, spawner, asked } = world()
    await pullAhead(spawner, { hub: 'default', image: IMAGE, digest: B, signal })
    const { digests } = createSpawner(transport)
    const of = (hub: string) => ({
      ...({ pullPolicy: 'if-not-present', isTrusted: true, hub, signal } as const),
    })
    expect(await digests.resolve(IMAGE, of('default'))).toMatchObject({
      image: `${IMAGE}@${B}`,
      from: 'announced',
    })
    expect(await digests.resolve(IMAGE, { ...of('default'), pullPolicy: 'never' })).toMatchObject({
      from: 'engine',
    })
    expect(asked).toEqual([])
    expect(await digests.resolve(IMAGE, of('other'))).toMatchObject({ digest: A })
    expect(await resolve(IMAGE, { hub: 'other' })).toMatchObject({ digest: A })
  })

  test('is newer than what the registry looked up before', async () => {
    const { resolve, spawner, pass } = world()
    await resolve()
    pass(1000)
    spawner.digests.remember(IMAGE, B, 'default')
    expect(await resolve()).toMatchObject({ digest: B })
    pass(301_000)
    expect(await resolve()).toMatchObject({ digest: A, from: 'registry' })
  })
})

test('a digest that a node could not pull is asked for again', async () => {
  const { resolve, spawner, says, asked } = world()
  await resolve()
  spawner.digests.doubt(IMAGE, { isTrusted: true })
  says.registry = tells(B)
  expect(await resolve()).toMatchObject({ digest: B })
  expect(asked).toHaveLength(2)
})
