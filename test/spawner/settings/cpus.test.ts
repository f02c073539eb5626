import { describe, expect, test } from 'vitest'
import { nanoCpus, nanoCpusOf } from '../../../src/spawner/settings/cpus.ts'

describe('CPUs', () => {
  test.each([
    ['0.5', 500_000_000],
    ['2', 2_000_000_000],
    ['.25', 250_000_000],
    ['0', 0],
    ['1000000', 1_000_000],
    ['500000000', 500_000_000],
    [500_000_000, 500_000_000],
    [true, true],
  ])('of resource_spec: %j are %j billionths', (input, expected) => {
    expect(nanoCpus(input, 'at')).toBe(expected)
  })

  test.each([
    ['0.5', 500_000_000],
    [1.5, 1_500_000_000],
  ])("of JupyterHub's limits: %j are %j billionths", (input, expected) => {
    expect(nanoCpusOf(input, 'at')).toBe(expected)
  })

  test.each(['', 'one', '500m', '-1', '1e3', '1,5', '1.'])('%j is refused', (text) => {
    expect(() => nanoCpus(text, 'r.cpu_limit')).toThrow(
      "r.cpu_limit: must be a number of billionths of a CPU (1000000000 is one), or a text of CPUs such as '0.5'",
    )
    expect(() => nanoCpusOf(text, 'cpu_limit')).toThrow(
      "cpu_limit: must be a number of CPUs, such as 0.5 or '0.5'",
    )
  })
})
