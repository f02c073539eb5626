import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assembleSpec, findEntry, lastWins } from '../../../src/spawner/settings/assemble-spec.ts'
import { CONTAINER, type Entry } from '../../../src/spawner/settings/entries.ts'

const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '', 'a.b'))
const entry = fc.record({
  path: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  value: fc.nat(),
  from: fc.string(),
})

/** Entries of a spec that fits, each path once. */
const fitting = fc
  .record({
    labels: fc.uniqueArray(name),
    variables: fc.uniqueArray(name),
    value: fc.string(),
    init: fc.boolean(),
  })
  .map(({ labels, variables, value, init }): Entry[] => [
    { path: ['Name'], value: 'x', from: 'hub' },
    { path: [...CONTAINER, 'Image'], value: 'x', from: 'image' },
    { path: [...CONTAINER, 'Init'], value: init, from: 'init' },
    ...labels.map((label) => ({ path: ['Labels', label], value, from: `labels.${label}` })),
    ...variables.map((one) => ({ path: [...CONTAINER, 'Env', one], value, from: `env.${one}` })),
  ])

describe('entries', () => {
  test('the last entry of each path stays, once', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const kept = lastWins(entries)
        const keys = kept.map(({ path }) => path.join())
        expect(new Set(keys).size).toBe(keys.length)
        expect(new Set(keys)).toEqual(new Set(entries.map(({ path }) => path.join())))
        for (const one of kept)
          expect(one).toBe(entries.findLast(({ path }) => path.join() === one.path.join()))
        expect(lastWins(kept)).toEqual(kept)
      }),
    )
  })

  test('each entry is found by its own path and by what is below it', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.array(fc.constantFrom('x', '0')), (entries, below) => {
        for (const { path } of entries) {
          const found = findEntry(entries, [...path, ...below].join('.'))
          expect(found?.path).toEqual(path.slice(0, found?.path.length))
          expect(found).toBeDefined()
        }
      }),
    )
  })
})

describe('a spec', () => {
  test('a spec has every value in its place, whatever its name', () => {
    fc.assert(
      fc.property(fitting, (entries) => {
        const { Labels = {}, TaskTemplate } = assembleSpec(entries)
        const labels = entries.filter(({ path }) => path[0] === 'Labels')
        expect(new Map(Object.entries(Labels))).toEqual(
          new Map(labels.map(({ path, value }) => [path[1], value])),
        )
        const variables = entries.filter(({ path }) => path[2] === 'Env')
        expect(TaskTemplate.ContainerSpec.Env).toEqual(
          variables.map(({ path, value }) => `${path[3]}=${value}`),
        )
      }),
    )
  })

  test('a spec does not depend on the order of settings that do not touch', () => {
    const shuffled = fitting.chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([entries, others]) => {
        const [one, other] = [assembleSpec(entries), assembleSpec(others)]
        // Variables keep the order in which they were given.
        one.TaskTemplate.ContainerSpec.Env?.sort()
        other.TaskTemplate.ContainerSpec.Env?.sort()
        expect(other).toEqual(one)
      }),
    )
  })
})
