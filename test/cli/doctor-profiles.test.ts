import * as v from 'valibot'
import { expect, test } from 'vitest'
import { checkProfile } from '../../cli/doctor-profiles.ts'
import type { NodeResources } from '../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { Profile } from '../../src/spawner/settings/profile.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'

const counted = (Kind: string, Value: number): NodeResources => ({
  genericResources: [{ DiscreteResourceSpec: { Kind, Value } }],
})
const named: NodeResources = {
  genericResources: ['a', 'b', 'c'].map((id) => ({
    NamedResourceSpec: { Kind: 'card', Value: id },
  })),
}

const checked = async (override: object, choices: object[] = []) => {
  const nodeResources = [{}, counted('NVIDIA-GPU', 2), named]
  const { docker } = createSpawner(createEmbeddedEngine({ nodes: 3, nodeResources }).transport)
  const profile = v.parse(Profile, { slug: 'gpu', override, choices })
  return checkProfile(docker, profile)
}

test.each([
  ['a dict', { generic_resources: { 'NVIDIA-GPU': 2 } }, 'NVIDIA-GPU: 2 of 2'],
  ['in resource_spec', { resource_spec: { generic_resources: ['card=3'] } }, 'card: 3 of 3'],
  ['none', { mem_limit: '1G' }, 'asks for no generic resources'],
])('kinds that a node has: %s', async (_, override, message) => {
  expect(await checked(override)).toEqual({ level: 'ok', name: 'profile gpu', message })
})

test.each([
  [
    { gpu: 1 },
    'asks for gpu, which no node has',
    /^The nodes have NVIDIA-GPU, card\. .*"node-generic-resources": \["gpu=2"\]/,
  ],
  [{ 'nvidia-gpu': 1 }, 'asks for nvidia-gpu, which no node has', /capitals too/],
  [{ card: 4 }, 'asks for 4 of card, and no node has more than 3', /a server runs on one node/],
  [
    { card: 1, 'NVIDIA-GPU': 1 },
    'asks for card and NVIDIA-GPU, which no node has together',
    /a server runs on one node/,
  ],
])('what no node has: %j', async (generic_resources, message, advice) => {
  const expected = { level: 'fail', message, advice: expect.stringMatching(advice) }
  expect(await checked({ generic_resources })).toMatchObject(expected)
})

test('a choice counts over its profile', async () => {
  const override = { generic_resources: { gpu: 1 } }
  const choice = { option: 'card', choice: 'a', override: { generic_resources: { card: 1 } } }
  expect((await checked(override, [choice])).level).toBe('ok')
  const none = { option: 'card', choice: 'none', override: { generic_resources: null } }
  expect((await checked(override, [none])).message).toBe('asks for no generic resources')
})

test('a setting that cannot be read is named', async () => {
  const { level, message } = await checked({ generic_resources: { gpu: 'UUID1' } })
  expect(level).toBe('fail')
  expect(message).toContain('profile gpu.generic_resources.gpu')
})
