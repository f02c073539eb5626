import { expect, test } from 'vitest'
import { refuseAmounts, refuseCrowds } from '../../../src/spawner/settings/refuse-amounts.ts'

const dict = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']))

test.each([
  ['a list', { mounts: Array(500).fill('a:/b') }],
  ['labels', { labels: dict(8000) }],
  ['variables', { env: dict(4000), container_spec: { Env: dict(4000) } }],
  ['placeholders', { labels: { a: '{username}'.repeat(1000) } }],
])('refuseAmounts takes %s as long as any server may have', (_, settings) => {
  expect(() => refuseAmounts(settings)).not.toThrow()
})

test.each([
  ['a list', { mounts: Array(501).fill('a:/b') }, 'mounts: has 501 items, more than 500'],
  [
    'a list in a setting',
    { container_spec: { args: Array(501).fill('x') } },
    'container_spec.args: has 501 items',
  ],
  ['labels', { labels: dict(8001) }, 'labels: has 8001 items, more than 8000'],
  ['variables', { environment: dict(4001) }, 'environment: has 4001 items, more than 4000'],
  [
    'variables in a setting',
    { container_spec: { env: dict(4001) } },
    'container_spec.env: has 4001 items, more than 4000',
  ],
  [
    'placeholders of a label',
    { labels: { a: '{raw_username}'.repeat(1001) } },
    'more than 1000 placeholders',
  ],
  [
    'what users type in a profile',
    { profile: { choices: [{ override: { env: { A: '{value}'.repeat(1001) } } }] } },
    'more than 1000 placeholders',
  ],
  [
    'placeholders all together',
    {
      labels: Object.fromEntries(
        Object.keys(dict(600)).map((name) => [name, '{username}{server_name}']),
      ),
    },
    'more than 1000 placeholders',
  ],
])('more than any server may have is refused: %s', (_, settings, words) => {
  expect(() => refuseAmounts(settings)).toThrow(words)
})

test('a spec has half as many labels and variables at most', () => {
  const specOf = (labels: number, variables: number) => ({
    Name: 'a',
    Labels: dict(labels),
    TaskTemplate: { ContainerSpec: { Image: 'x', Env: Object.keys(dict(variables)) } },
  })
  expect(() => refuseCrowds(specOf(4000, 2000))).not.toThrow()
  expect(() => refuseCrowds(specOf(4001, 0))).toThrow('labels: 4001 labels are more than 4000')
  expect(() => refuseCrowds(specOf(0, 2001))).toThrow('has 2001 variables, more than 2000')
})
