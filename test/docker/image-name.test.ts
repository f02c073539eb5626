import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isImageId,
  isOnLoopback,
  isSameImage,
  parseImage,
  registryHost,
} from '../../src/docker/image-name.ts'
import { HEX, NAMES, NEW_NAMES, NO_NAMES, ODD_NAMES } from './image-names.ts'

describe('a name of an image', () => {
  test.each([...NAMES, ...NEW_NAMES])(
    '%s is a name of an image',
    (text, registry, path, tag, digest) => {
      expect(parseImage(text)).toEqual({ registry, path, tag, digest })
    },
  )

  test.each([...NO_NAMES, ...ODD_NAMES])('%j is no name of an image', (text) => {
    expect(parseImage(text)).toBeUndefined()
  })

  test.each([
    ['busybox', 'docker.io/library/busybox:latest', true],
    ['busybox', 'index.docker.io/busybox', true],
    ['lab/open', 'docker.io/lab/open', true],
    ['lab/open', 'open', false],
    ['lab/open:1', 'lab/open', false],
    ['lab/open', `lab/open@sha256:${HEX}`, false],
    [`lab/open:1@sha256:${HEX}`, `lab/open@sha256:${HEX}`, false],
    ['quay.io/lab/open', 'lab/open', false],
    // The Engine keeps hosts as they are written.
    ['quay.io/lab/open', 'Quay.io/lab/open', false],
    ['No Name', 'No Name', true],
    ['No Name', 'no name', false],
  ])('the names %j and %j are the same image: %j', (one, other, isSame) => {
    expect([isSameImage(one, other), isSameImage(other, one)]).toEqual([isSame, isSame])
  })

  test('a name of an image is the same as itself, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => isSameImage(text, text)))
  })
})

test.each([
  ['a', false],
  ['abc', false],
  ['cafe', true],
  ['0123456789ab', true],
  [HEX, true],
  [`sha256:${HEX}`, true],
  ['sha256:01', true],
  ['sha256:0A', true],
  ['sha256', false],
  ['sha256:latest', false],
  ['abc:1', false],
  ['abc/def', false],
  ['abcg', false],
  ['', false],
])('%j may be the id of an image: %j', (text, isId) => {
  expect(isImageId(text)).toBe(isId)
})

test.each([
  ['docker.io', 'docker.io'],
  ['index.docker.io', 'docker.io'],
  ['Registry-1.Docker.io:443', 'docker.io'],
  ['registry.hub.docker.com', 'docker.io'],
  ['Quay.IO', 'quay.io'],
  ['quay.io:443', 'quay.io'],
  ['quay.io:4430', 'quay.io:4430'],
  ['[2001:DB8::1]:5000', '[2001:db8::1]:5000'],
])('the registry %s is %s', (registry, host) => {
  expect(registryHost(registry)).toBe(host)
})

test.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['LocalHost', true],
  ['a.localhost:1', true],
  ['127.0.0.1', true],
  ['127.1:80', true],
  ['0.0.0.0:5000', true],
  ['[::1]', true],
  ['[::]:5000', true],
  ['[0:0:0:0:0:0:0:1]:5000', true],
  ['[0:0:0:0:0:ffff:7f00:1]', true],
  ['localhost.example.org', false],
  ['notlocalhost', false],
  ['128.0.0.1', false],
  ['1270.example.org', false],
  ['127.example.org', false],
  ['[2001:db8::1]:5000', false],
  ['quay.io', false],
])('a registry at %s is on the loopback: %j', (registry, isLocal) => {
  expect(isOnLoopback(registry)).toBe(isLocal)
})
