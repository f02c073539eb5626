import { describe, expect, test } from 'vitest'
import { readRegistryEvent, registryEventNames } from '../../../fixtures/registry-event.ts'
import { imageOf } from '../../../handlers/registry-events/image-of.ts'
import { MAX_EVENTS } from '../../../handlers/registry-events/pushed-image.ts'
import { vendorOf } from '../../../handlers/registry-events/vendors.ts'

const AZURE = 'sha256:80f0d5c8786bb9e621a45ece0db56d11cdc624ad20da9fe62e9d25490f331d7d'
const HARBOR = 'sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8'
const PUSHED = 'sha256:2c3fb1e26934340e9c1b97edb93db50084521192492b3fd7ce56c1a3598fc5ef'
const PUSHED_3 = 'sha256:06e4efcc057e563b8c47303cdf693e6bc34e46c8e2c91737b9fd7864c9721ab3'
const INDEX_3 = 'sha256:61ed89c0b559ff2a8e1d876643f363cc2f9cecb2bb47dacaf809b199b8f1cac0'
const INDEX = 'sha256:7e7a58cd5976acf5d8bbc76e20c908df1d883c13fe2f3e9e7d4d318f038f907a'

/** The vendor and the images of an envelope. An event that is no push of an image is undefined. */
const read = (headers: Record<string, string>, body: unknown) => {
  const envelope = { headers: new Headers(headers), body }
  const vendor = vendorOf(envelope)
  const images = vendor?.read(body).map((pushed) => pushed && imageOf(pushed, new Map()))
  return { vendor: vendor?.name, images }
}

/** What each fixture must be read as. A fixture without a row fails. */
const EXPECTED: Readonly<Record<string, ReturnType<typeof read>>> = {
  'azure.chart-push': { vendor: 'Azure Container Registry', images: [undefined] },
  'azure.delete': { vendor: 'Azure Container Registry', images: [undefined] },
  'azure.push': {
    vendor: 'Azure Container Registry',
    images: [{ image: 'myregistry.azurecr.io/hello-world:v1', digest: AZURE }],
  },
  'distribution-2.8.delete': { vendor: 'distribution', images: [undefined] },
  'distribution-2.8.pull': { vendor: 'distribution', images: [undefined] },
  'distribution-2.8.push': {
    vendor: 'distribution',
    images: [{ image: '127.0.0.1:5000/lab/notebook:1', digest: PUSHED }],
  },
  'distribution-2.8.push-index': {
    vendor: 'distribution',
    images: [{ image: '127.0.0.1:5000/lab/notebook:multi', digest: INDEX }],
  },
  'distribution-2.8.push-layer': { vendor: 'distribution', images: [undefined] },
  'distribution-3.1.delete': { vendor: 'distribution', images: [undefined] },
  'distribution-3.1.pull': { vendor: 'distribution', images: [undefined] },
  'distribution-3.1.push': {
    vendor: 'distribution',
    images: [{ image: '127.0.0.1:5000/lab/notebook:1', digest: PUSHED_3 }],
  },
  'distribution-3.1.push-index': {
    vendor: 'distribution',
    images: [{ image: '127.0.0.1:5000/lab/notebook:multi', digest: INDEX_3 }],
  },
  'distribution-3.1.push-layer': { vendor: 'distribution', images: [undefined] },
  'docker-hub.push': {
    vendor: 'Docker Hub',
    images: [{ image: 'docker.io/svendowideit/testhook:latest' }],
  },
  'github.package': {
    vendor: 'GitHub',
    images: [{ image: 'ghcr.io/codertocat/hello-world:nightly', digest: HARBOR }],
  },
  'github.ping': { vendor: 'GitHub', images: [undefined] },
  'github.registry-package': {
    vendor: 'GitHub',
    images: [{ image: 'ghcr.io/codertocat/hello-world:nightly', digest: HARBOR }],
  },
  'github.untagged': { vendor: 'GitHub', images: [undefined] },
  'harbor-cloudevents.pull': { vendor: 'Harbor (CloudEvents)', images: [undefined] },
  'harbor-cloudevents.push': {
    vendor: 'Harbor (CloudEvents)',
    images: [{ image: 'harbor.example.org/lab/notebook:1', digest: HARBOR }],
  },
  'harbor.delete': { vendor: 'Harbor', images: [undefined] },
  'harbor.pull': { vendor: 'Harbor', images: [undefined] },
  'harbor.push': {
    vendor: 'Harbor',
    images: [{ image: 'harbor.example.org/lab/notebook:1', digest: HARBOR }],
  },
  'harbor.push-by-digest': { vendor: 'Harbor', images: [undefined] },
  'quay.build-queued': { vendor: 'Quay', images: [undefined] },
  'quay.push': {
    vendor: 'Quay',
    images: [
      { image: 'quay.example.org/lab/notebook:latest' },
      { image: 'quay.example.org/lab/notebook:1' },
    ],
  },
  'quay.push-old': { vendor: 'Quay', images: [{ image: 'quay.io/devtable/ubuntu:latest' }] },
}

test.each(registryEventNames())('the registry event %s is read', (name) => {
  const { headers, body } = readRegistryEvent(name)
  expect(read(headers, JSON.parse(body))).toEqual(EXPECTED[name])
})

const push = (target: object, more: object = {}) => ({
  action: 'push',
  target: { repository: 'lab/notebook', tag: '1', ...target },
  request: { host: 'registry.example.org' },
  ...more,
})
const inEnvelope = (...events: unknown[]) => read({}, { events })

describe('an envelope of distribution', () => {
  test.each([1, 2])('an envelope of version %i is recognized by its media type', (version) => {
    const type = `application/vnd.docker.distribution.events.v${version}+json; charset=utf-8`
    expect(read({ 'content-type': type }, { events: [] })).toEqual({
      vendor: 'distribution',
      images: [],
    })
  })

  test('an envelope with odd events gives what the others tell', () => {
    const odd = [null, 5, 'push', [], {}, push({ tag: 5 }), push({ tag: '' }), push({ tag: null })]
    const { images } = inEnvelope(...odd, push({}))
    expect(images).toEqual([
      ...odd.map(() => undefined),
      { image: 'registry.example.org/lab/notebook:1' },
    ])
  })

  test('an envelope of 10,000 events is read up to a bound', () => {
    const { images } = inEnvelope(
      ...Array.from({ length: 10_000 }, (_, nth) => push({ tag: `t${nth}` })),
    )
    expect(images).toHaveLength(10_000)
    expect(images?.filter((image) => image !== undefined)).toHaveLength(MAX_EVENTS)
  })

  test('an event without a host in its request has the host of its URL', () => {
    const url = 'https://registry.example.org:5000/v2/lab/notebook/manifests/sha256:0'
    const { images } = inEnvelope(push({ url }, { request: {} }), push({}, { request: null }))
    expect(images).toEqual([{ image: 'registry.example.org:5000/lab/notebook:1' }, undefined])
  })
})

test.each([null, 5, 'text', [], {}, { action: 'push' }, { events: 'none' }, { type: 'harbor' }])(
  'the body %j is of no registry that the service knows',
  (body) => {
    expect(read({ 'content-type': 'application/json' }, body).vendor).toBeUndefined()
  },
)
