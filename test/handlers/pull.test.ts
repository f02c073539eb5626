import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { PullResult } from '../../docs/write/openapi-schemas.ts'
import { createService } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listDueImages, pullAhead } from '../../src/spawner/images/pull-ahead.ts'
import { keyOfPull, pullSpec } from '../../src/spawner/images/pull-spec.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { type CallOptions, createTestService, problemOf, send } from '../support/test-hub.ts'

const { signal } = new AbortController()

let spawner: Spawner
beforeEach(() => {
  spawner = createSpawner(createEmbeddedEngine({ speed: 20, nodes: 3 }).transport)
})

const pull = async (data: object, options: CallOptions = {}, own = spawner) => {
  const response = await send(createTestService(own), 'pull', data, options)
  return v.parse(PullResult, await response.json())
}
const due = async (hub = 'default') =>
  (await listDueImages(spawner, { hub, signal })).map(({ image }) => image).sort()
const withPolicy = (admin: object, hubs: string[] = []) =>
  createSpawner(createEmbeddedEngine({ speed: 20 }).transport, {
    policy: completePolicy({ admin, user: {}, groups: {} }, hubs),
  })

test('a hub’s images are there on all nodes when the answer comes', async () => {
  const { images, removed } = await pull({
    images: [{ image: 'lab/nb:1', why: 'a course' }],
    wait_s: 30,
  })
  expect(images).toMatchObject([
    { asked: 'lab/nb:1', problem: null, report: { source: 'hub', why: 'a course' } },
  ])
  expect(images[0]?.report?.nodes.map(({ state }) => state)).toEqual(['there', 'there', 'there'])
  expect(removed).toEqual([])
})

test('without wait_s the answer does not wait', async () => {
  const { images } = await pull({ images: [{ image: 'demo/pull-forever:1' }] })
  expect(images[0]?.report?.nodes).toHaveLength(3)
})

test('settings and profiles give images and their nodes, each image once with all that needs it', async () => {
  const { images } = await pull({
    config: { container_spec: { image: 'lab/nb:1' }, placement: ['node.role==worker'] },
    profiles: [
      { slug: 'plain' },
      { slug: 'same', override: { mem_limit: '1G' } },
      { slug: 'gpu', override: { image: 'lab/gpu:1', placement: [] } },
      {
        slug: 'plain',
        choices: [{ option: 'lang', choice: 'r', override: { image: 'lab/r:1' } }],
      },
    ],
  })
  expect(images.map(({ report }) => [report?.image, report?.why, report?.nodes.length])).toEqual([
    ['lab/nb:1', 'profile plain, profile same', 2],
    ['lab/gpu:1', 'profile gpu', 3],
    ['lab/r:1', 'profile plain (lang: r)', 2],
  ])
})

describe('with is_all', () => {
  test('what the hub does not name any more is no longer due', async () => {
    await pull({ images: [{ image: 'lab/old:1' }, { image: 'lab/nb:1' }] })
    const { removed } = await pull({ images: [{ image: 'lab/nb:1' }], is_all: true })
    expect(removed).toEqual(['lab/old:1'])
    expect(await due()).toEqual(['lab/nb:1'])
  })

  test('what people and other hubs have asked for stays', async () => {
    await pullAhead(spawner, { hub: 'default', image: 'lab/by-hand:1', signal })
    await pull({ images: [{ image: 'lab/theirs:1' }] }, { hub: 'other' })
    await pull({ images: [], is_all: true })
    expect(await due()).toEqual(['lab/by-hand:1'])
    expect(await due('other')).toEqual(['lab/theirs:1'])
  })
})

describe('a hub can have nothing pulled that it could not start', () => {
  test('an image that the policy does not list is refused, and the others are pulled', async () => {
    const own = withPolicy({ images: ['lab/*'] })
    const { images } = await pull(
      { images: [{ image: 'evil/miner:1' }, { image: 'lab/nb:1' }] },
      {},
      own,
    )
    expect(images.map(({ asked, problem }) => [asked, problem?.code])).toEqual([
      ['lab/nb:1', undefined],
      ['evil/miner:1', 'not_allowed'],
    ])
  })

  test('settings that cannot be read are refused by their names', async () => {
    const { images } = await pull({ images: [{ image: 'lab/nb:1', placement: ['nonsense'] }] })
    expect(images[0]?.problem).toMatchObject({ code: 'invalid_config' })
    expect(images[0]?.problem?.detail).toMatch(/^placement\.0: needs == or !=/)
  })

  test('what a user has typed is refused', async () => {
    const choices = [
      { option: 'image', value: 'mine', override: { image: 'quay.io/{value}/nb:1' } },
    ]
    const { images } = await pull({ config: {}, profiles: [{ slug: 'own', choices }] })
    expect(images[0]?.problem?.detail).toMatch(/only a user has typed this image/)
    expect(await due()).toEqual([])
  })

  test('a limit that a start would need is none of a pull', async () => {
    const own = withPolicy({ images: ['*'], resources: { memory: 2 ** 30 } })
    const { images } = await pull({ images: [{ image: 'lab/nb:1' }] }, {}, own)
    expect(images[0]?.problem).toBeNull()
  })
})

test.each([
  ['an unknown field', { image: 'lab/nb:1' }],
  ['more than 200 images', { images: Array.from({ length: 201 }, () => ({ image: 'a' })) }],
  ['a name that is longer than any', { images: [{ image: 'a'.repeat(1001) }] }],
  ['an odd wait', { wait_s: 1000 }],
])('%s is refused', async (_, data) => {
  const response = await send(createTestService(spawner), 'pull', data)
  expect(await problemOf(response)).toMatchObject({ code: 'invalid_request' })
})

test('one hub has at most 200 images due', async () => {
  for (let index = 0; index < 200; index++) {
    const named = { hub: 'default', image: `lab/nb:${index}`, source: 'hub' } as const
    const nodes = { constraints: [], platforms: [] }
    const key = keyOfPull({ ...named, ...nodes })
    const labels = { ...named, ...nodes, key, why: '', since: '2026-11-28T10:00:00.000Z' }
    await createService(spawner.docker, { spec: pullSpec(labels) })
  }
  const { images } = await pull({ images: [{ image: 'lab/one-more:1' }] })
  expect(images[0]?.problem).toMatchObject({ code: 'quota_exceeded' })
  expect((await pull({ images: [{ image: 'lab/nb:7' }] })).images[0]?.problem).toBeNull()
})

test('a poll that was signed is no pull', async () => {
  const response = await send(createTestService(spawner), 'poll', { images: [] })
  expect(await problemOf(response)).toMatchObject({ status: 422 })
})
