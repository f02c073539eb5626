import { expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readGenericResources } from '../../../src/spawner/settings/generic-resources.ts'

const count = (Kind: string, Value: number) => ({ DiscreteResourceSpec: { Kind, Value } })

test.each([
  ["docker-py's dict", { gpu: 2, fpga: 1 }, [count('gpu', 2), count('fpga', 1)]],
  ['digits', { gpu: '1' }, [count('gpu', 1)]],
  ['a count of 0 says nothing', { gpu: 1, fpga: 0 }, [count('gpu', 1)]],
  ['nor do digits of it', { gpu: 1, fpga: '0' }, [count('gpu', 1)]],
  ['all 0', { fpga: 0 }, undefined],
  ['all 0, as the Engine has it', [count('fpga', 0)], undefined],
  [
    'the docker CLI, in a list',
    ['gpu=2', 'NVIDIA-GPU=1'],
    [count('gpu', 2), count('NVIDIA-GPU', 1)],
  ],
  ['the docker CLI, alone', 'gpu=2', [count('gpu', 2)]],
  ["the Engine's list", [count('gpu', 2)], [count('gpu', 2)]],
  ['nothing', undefined, undefined],
  ['an empty list', [], []],
  ['an empty dict', {}, []],
])('%s', (_, input, expected) => {
  expect(readGenericResources(input, 'r')).toEqual(expected)
})

const NAMED = "must be a count, such as {'gpu': 1}, which takes any one of the kind: Swarm never"

test.each<[unknown, string, string]>([
  [{ gpu: 'UUID1' }, 'r.gpu', NAMED],
  [{ gpu: 'GPU-1,GPU-2' }, 'r.gpu', NAMED],
  [{ gpu: '' }, 'r.gpu', NAMED],
  [{ gpu: '-1' }, 'r.gpu', NAMED],
  [['gpu=UUID1'], 'r.0', NAMED],
  ['gpu=UUID1', 'r', NAMED],
  [[{ NamedResourceSpec: { Kind: 'gpu', Value: '1' } }], 'r.0.NamedResourceSpec', NAMED],
  [{ gpu: -1 }, 'r.gpu', 'must be a count'],
  [{ gpu: 0.5 }, 'r.gpu', 'must be a count'],
  [{ gpu: true }, 'r.gpu', 'must be a count'],
  [{ gpu: null }, 'r.gpu', 'must be a count'],
  [{ gpu: 1e300 }, 'r.gpu', 'must be a count'],
  [{ gpu: [1] }, 'r.gpu', 'must be a count'],
  [['gpu'], 'r.0', 'must be a count'],
  [['=1'], 'r.0', 'must be a count'],
  ['gpu', 'r', 'must be a count'],
  [[7], 'r.0', 'must be a dict'],
  [[{}], 'r.0', 'must be a count'],
  [[{ DiscreteResourceSpec: 1 }], 'r.0.DiscreteResourceSpec', 'must be a dict'],
  [[{ DiscreteResourceSpec: { Value: 1 } }], 'r.0.DiscreteResourceSpec.Kind', 'must be the name'],
  [[{ DiscreteResourceSpec: { Kind: 'a' } }], 'r.0.DiscreteResourceSpec.Value', 'must be a count'],
  [[{ ...count('a', 1), Other: 1 }], 'r.0.Other', 'is not known'],
  [7, 'r', 'must be a dict'],
])('%j is refused', (input, path, message) => {
  expect(() => readGenericResources(input, 'r')).toThrow(SpawnError)
  expect(() => readGenericResources(input, 'r')).toThrow(`${path}: ${message}`)
})
