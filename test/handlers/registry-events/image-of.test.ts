import { expect, test } from 'vitest'
import { imageOf } from '../../../handlers/registry-events/image-of.ts'

const digest = `sha256:${'a'.repeat(64)}`
const pushed = { registry: 'registry.example.org', repository: 'lab/notebook', tag: '1', digest }
const nowhere = new Map<string, string>()

test.each([
  [{}, 'registry.example.org/lab/notebook:1'],
  [{ registry: 'Registry.Example.org:443' }, 'registry.example.org/lab/notebook:1'],
  [{ registry: 'localhost:5000' }, 'localhost:5000/lab/notebook:1'],
  [{ registry: 'index.docker.io' }, 'docker.io/lab/notebook:1'],
  [{ repository: 'notebook' }, 'registry.example.org/notebook:1'],
])('a push of %j is a push of %s', (change, image) => {
  expect(imageOf({ ...pushed, ...change }, nowhere)).toEqual({ image, digest })
})

test.each([
  ['a tag that is a digest', { tag: digest }],
  ['no tag', { tag: '' }],
  ['a tag of a signature', { tag: `sha256-${'a'.repeat(64)}.sig` }],
  ['a tag of attestations', { tag: `sha256-${'a'.repeat(64)}` }],
  ['a tag with a control character', { tag: '1\n2' }],
  ['a repository with a control character', { repository: 'lab/note\u001b[2Jbook' }],
  ['a repository with a tag in it', { repository: 'lab/notebook:2' }],
  ['a repository with a digest in it', { repository: `lab/notebook@${digest}` }],
  ['a repository that climbs', { repository: '../lab/notebook' }],
  ['a repository in upper case', { repository: 'Lab/notebook' }],
  ['no repository', { repository: '' }],
  ['no host', { registry: '' }],
  ['a host that the Engine reads as a path at Docker Hub', { registry: 'registry' }],
  ['a host with a path', { registry: 'registry.example.org/other' }],
  ['a host with a user', { registry: 'user@registry.example.org' }],
  ['a host with a line break', { registry: 'registry.example.org\n' }],
  ['a pattern', { repository: '*' }],
  ['a repository of a megabyte', { repository: 'a'.repeat(1_000_000) }],
])('a push with %s names no image', (_, change) => {
  expect(imageOf({ ...pushed, ...change }, nowhere)).toBeUndefined()
})

test.each(['sha256:abc', 'md5:0', '', `sha256:${'A'.repeat(64)}`, `${digest}\n`])(
  'a digest %j that is none is left out, and the image stays',
  (digest) => {
    expect(imageOf({ ...pushed, digest }, nowhere)).toEqual({
      image: 'registry.example.org/lab/notebook:1',
    })
  },
)

test('a registry that calls itself differently is known under the host of the settings', () => {
  const hosts = new Map([['registry:5000', 'registry.example.org']])
  expect(imageOf({ ...pushed, registry: 'registry:5000' }, hosts)?.image).toBe(
    'registry.example.org/lab/notebook:1',
  )
  expect(imageOf({ ...pushed, registry: 'registry:5001' }, hosts)?.image).toBe(
    'registry:5001/lab/notebook:1',
  )
})
