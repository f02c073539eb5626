import { describe, expect, test } from 'vitest'
import { createIsListed } from '../../../src/spawner/images/listed-images.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'

const listedBy = (pattern: string, hub = 'physics') =>
  createIsListed(completePolicy({ admin: { images: [pattern] }, user: {}, groups: {} }), hub)

describe('an image is listed', () => {
  test.each([
    ['quay.io/lab/notebook', 'quay.io/lab/notebook:1'],
    ['quay.io/lab/notebook:1', 'quay.io/lab/notebook:1'],
    ['quay.io/lab/*', 'quay.io/lab/notebook:latest'],
    ['quay.io/lab/notebook:2026-*', 'quay.io/lab/notebook:2026-11'],
    ['quay.io/lab/notebook@sha256:*', 'quay.io/lab/notebook:1'],
    ['quay.io/lab/notebook:1@sha256:*', 'quay.io/lab/notebook:1'],
    ['jupyter/*', 'docker.io/jupyter/base-notebook:latest'],
    ['python', 'docker.io/library/python:3'],
    ['registry.example.org/{hub}/*', 'registry.example.org/physics/notebook:1'],
    ['*.example.org/lab/*', 'registry.example.org/lab/notebook:1'],
  ])('by %s: %s', (pattern, image) => {
    expect(listedBy(pattern)(image)).toBe(true)
  })
})

describe('an image is not listed', () => {
  test.each([
    ['*', 'quay.io/lab/notebook:1'],
    ['*', 'docker.io/library/python:3'],
    ['**', 'docker.io/library/python:3'],
    ['docker.io/*', 'docker.io/library/python:3'],
    ['library/*', 'docker.io/library/python:3'],
    ['*/*', 'quay.io/lab:1'],
    ['*/*/*', 'quay.io/lab/notebook:1'],
    ['quay.io/*', 'quay.io/notebook:1'],
    ['quay.io/*/*', 'quay.io/lab/notebook:1'],
    ['*/lab/*', 'attacker.example/lab/notebook:1'],
    ['docker.io/*', 'docker.io/lab/notebook:1'],
    ['quay.io/lab/notebook:1', 'quay.io/lab/notebook:2'],
    ['quay.io/lab/*', 'quay.io/other/notebook:1'],
    ['quay.io/lab/*', 'quay.io.attacker.example/lab/notebook:1'],
    [`quay.io/lab/notebook@sha256:${'a'.repeat(64)}`, 'quay.io/lab/notebook:1'],
    ['quay.io/{username}/*', 'quay.io/lab/notebook:1'],
    ['quay.io/home-{raw_username}/*', 'quay.io/home-/notebook:1'],
    ['registry.example.org/{hub}/*', 'registry.example.org/biology/notebook:1'],
    ['sha256:*', 'docker.io/library/sha256:1'],
  ])('by %s: %s', (pattern, image) => {
    expect(listedBy(pattern)(image)).toBe(false)
  })
})

test('the lists of the hub, of users and of groups count', () => {
  const isListed = createIsListed(
    completePolicy({
      admin: { images: ['quay.io/admin/*'] },
      user: { images: ['quay.io/user/*'] },
      groups: { staff: { images: ['quay.io/staff/*'] } },
    }),
    'physics',
  )
  const images = ['admin', 'user', 'staff', 'nobody'].map((path) => `quay.io/${path}/notebook:1`)
  expect(images.map(isListed)).toEqual([true, true, true, false])
})

test('the built-in policy lists nothing', () => {
  const isListed = createIsListed(completePolicy({ admin: {}, user: {}, groups: {} }), 'physics')
  expect(isListed('docker.io/library/python:3')).toBe(false)
  expect(isListed('quay.io/jupyter/base-notebook:latest')).toBe(false)
})
