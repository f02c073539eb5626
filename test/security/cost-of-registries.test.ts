import { expect, test } from 'vitest'
import { readRegistryEvent } from '../../fixtures/registry-event.ts'
import { createPushToken, requirePushToken } from '../../handlers/caller/push-token.ts'
import { shownPath } from '../../handlers/every-call/shown-path.ts'
import { imageOf } from '../../handlers/registry-events/image-of.ts'
import { readEnvelope } from '../../handlers/registry-events/read-envelope.ts'
import { createIsListed } from '../../src/spawner/images/listed-images.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { growth, LINEAR } from '../support/growth.ts'

/** As in cost.test.ts: what is done with a call of a registry, or of somebody who says to be one. */

const hosts = new Map([['registry:5000', 'registry.example.org']])
const tokens = [
  createPushToken('default', 'a'.repeat(32)),
  createPushToken('other', 'b'.repeat(32)),
]
const images = ['registry.example.org/*-*/lab-*:*-*', '*.example.org/lab/*']
const isListed = createIsListed(
  completePolicy({ admin: { images }, user: {}, groups: {} }),
  'default',
)

const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {
    // A refusal is what most of these are for.
  }
}

const pushed = { registry: 'registry.example.org', repository: 'lab/notebook', tag: '1' }
const github = new Headers(readRegistryEvent('github.package').headers)

/** What is read of an event, with a text everywhere. */
const events = (text: string) => [
  { push_data: { tag: text }, repository: { repo_name: text } },
  {
    events: [
      { action: 'push', target: { repository: text, tag: text, mediaType: text, url: text } },
    ],
  },
  {
    type: 'PUSH_ARTIFACT',
    event_data: {
      repository: { repo_full_name: text },
      resources: [{ tag: text, resource_url: text }],
    },
  },
  { type: text, data: text },
  { repository: text, docker_url: text, updated_tags: [text] },
  { action: text, target: { repository: text, tag: text }, request: { host: text } },
]

const ON_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  'a token': (text) => attempt(() => requirePushToken(tokens, text)),
  'a path': (text) => shownPath(`/image-pushed/${text}`, true),
  'a path that is nowhere': (text) => shownPath(`/${text}`, true),
  'the host of an event': (text) => imageOf({ ...pushed, registry: text }, hosts),
  'the repository of an event': (text) => imageOf({ ...pushed, repository: text }, hosts),
  'the tag of an event': (text) => imageOf({ ...pushed, tag: text }, hosts),
  'the digest of an event': (text) => imageOf({ ...pushed, digest: text }, hosts),
  'an image, by the patterns of a policy': isListed,
  'an event of any registry': (text) => {
    for (const event of events(text)) readEnvelope(new Headers(), JSON.stringify(event), hosts)
  },
  'an event of GitHub': (text) => {
    const tag = { name: text, digest: text }
    const package_version = { package_url: text, container_metadata: { tag } }
    const event = { action: 'published', package: { package_version } }
    readEnvelope(github, JSON.stringify(event), hosts)
  },
}

const PIECES = [
  'a',
  '/',
  ':',
  '.',
  '-',
  '@',
  '*',
  '[',
  '{',
  '"',
  '\\',
  'a/',
  'a-',
  'image-pushed/',
  '\u202e',
]

test.each(Object.entries(ON_TEXT))('%s costs no more than its length', (_, work) => {
  for (const piece of PIECES)
    expect(
      growth((size) => () => work(piece.repeat(size)), Math.ceil(30_000 / piece.length)),
      piece,
    ).toBeLessThan(LINEAR)
})

const many = (body: (count: number) => object) => (count: number) => {
  const text = JSON.stringify(body(count))
  return () => readEnvelope(new Headers(), text, hosts)
}

const ON_MANY: Readonly<Record<string, (count: number) => () => unknown>> = {
  'events of pushes': many((count) => ({
    events: Array(count).fill({ action: 'push', target: { repository: 'lab/a', tag: '1' } }),
  })),
  'events that are none': many((count) => ({ events: Array(count).fill(0) })),
  'resources of Harbor': many((count) => ({
    type: 'PUSH_ARTIFACT',
    event_data: {
      repository: { repo_full_name: 'lab/a' },
      resources: Array(count).fill({ tag: '1', resource_url: 'a.b/lab/a:1' }),
    },
  })),
  'tags of Quay': many((count) => ({
    repository: 'lab/a',
    docker_url: 'quay.io/lab/a',
    updated_tags: Object.fromEntries(Array.from({ length: count }, (_, nth) => [`t${nth}`, ''])),
  })),
  'keys of a body': many((count) =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, nth])),
  ),
  'levels of a body': (count) => {
    const text = `{"events":${'['.repeat(count)}${']'.repeat(count)}}`
    return () => readEnvelope(new Headers(), text, hosts)
  },
}

/**
 * Between 10,000 and 80,000 keys, the table that JSON.parse makes outgrows the processor's cache, which takes 16 times as long. With
 * more of them it is too large from the beginning.
 */
const SIZES: Readonly<Record<string, number>> = { 'keys of a body': 40_000, 'tags of Quay': 40_000 }

test.each(Object.entries(ON_MANY))('many %s cost no more than their number', (name, work) => {
  expect(growth(work, SIZES[name] ?? 10_000)).toBeLessThan(LINEAR)
})
