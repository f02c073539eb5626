import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { askedFor, chosen, filtersOf } from './which-tests.ts'

const files = ['hub/tests/test_poll.py', 'test/hub/real-a.test.ts', 'test/live/real-b.test.ts']

describe('askedFor', () => {
  test('askedFor tells paths from options, and from the value of a name', () => {
    const asked = askedFor(['test/hub', '-t', 'a name', '--bail=1', './test/live'])
    expect(asked.paths).toEqual(['test/hub', 'test/live'])
    expect(asked.options).toEqual(['-t', 'a name', '--bail=1'])
  })

  test('askedFor takes a whole path as one below the project', () => {
    expect(askedFor([resolve('test/hub')]).paths).toEqual(['test/hub'])
  })
})

describe('chosen', () => {
  test('chosen is everything if no path is given', () => {
    expect(chosen(files, askedFor([]))).toEqual(files)
    expect(chosen(files, askedFor(['--bail=1']))).toEqual(files)
  })

  test('chosen is what contains one of the paths', () => {
    expect(chosen(files, askedFor(['real-a', 'hub/tests']))).toEqual(files.slice(0, 2))
    expect(chosen(files, askedFor(['nosuch']))).toEqual([])
  })

  test('chosen looks past the line of a path', () => {
    expect(chosen(files, askedFor(['real-b.test.ts:12']))).toEqual(['test/live/real-b.test.ts'])
  })
})

describe('filtersOf', () => {
  const file = 'test/live/real-b.test.ts'
  test('filtersOf is the whole file', () => {
    expect(filtersOf(file, askedFor([]))).toEqual([file])
    expect(filtersOf(file, askedFor(['test/live', 'real-b.test.ts:12']))).toEqual([file])
  })

  test('filtersOf is the lines of the file that are asked for', () => {
    const asked = askedFor(['real-b.test.ts:12', 'live/real-b.test.ts:30', 'real-a.test.ts:1'])
    expect(filtersOf(file, asked)).toEqual([`${file}:12`, `${file}:30`])
  })
})
