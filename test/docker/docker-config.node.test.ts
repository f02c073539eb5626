import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  DockerConfigError,
  dockerConfigDir,
  parseFile,
  readDockerConfig,
  readIfPresent,
} from '../../src/docker/docker-config.node.ts'
import { temporaryDirectory } from '../support/listen.ts'

const withConfig = (text: string) => {
  const dir = temporaryDirectory()
  writeFileSync(join(dir, 'config.json'), text)
  return { DOCKER_CONFIG: dir }
}

test('the directory of config.json is DOCKER_CONFIG, else .docker in HOME, else in the home directory', () => {
  expect(dockerConfigDir({ DOCKER_CONFIG: '/etc/docker-cli', HOME: '/home/a' })).toBe(
    '/etc/docker-cli',
  )
  expect(dockerConfigDir({ DOCKER_CONFIG: '', HOME: '/home/a' })).toBe('/home/a/.docker')
  expect(dockerConfigDir({})).toBe(join(homedir(), '.docker'))
})

test('an absent config.json is an empty configuration', () => {
  expect(readDockerConfig({ DOCKER_CONFIG: temporaryDirectory() })).toEqual({
    auths: {},
    credHelpers: {},
  })
})

test('the keys of config.json that we know come through, and all others are passed over', () => {
  const config = {
    currentContext: 'lab',
    auths: { 'ghcr.io': { auth: 'YTpi' } },
    credsStore: 'desktop',
    credHelpers: { 'quay.io': 'pass' },
  }
  expect(readDockerConfig(withConfig(JSON.stringify({ ...config, psFormat: 'table' })))).toEqual(
    config,
  )
})

describe('a file that can not be used', () => {
  const thrown = (read: () => unknown): unknown => {
    try {
      return read()
    } catch (error) {
      return error
    }
  }

  test.each([
    ['{"auths": {"canary-7ab"', 'not JSON'],
    ['', 'not JSON'],
    ['{"auths": {"ghcr.io": {"auth": ["canary-7ab"]}}}', '"auths.ghcr.io.auth" is not as expected'],
    ['{"currentContext": {"canary-7ab": 1}}', '"currentContext" is not as expected'],
  ])(
    'a file that cannot be used is named with the field, and its content %j is not told',
    (text, problem) => {
      const env = withConfig(text)
      const error = thrown(() => readDockerConfig(env))
      expect(error).toBeInstanceOf(DockerConfigError)
      expect(String(error)).toBe(
        `DockerConfigError: ${join(env.DOCKER_CONFIG, 'config.json')}: ${problem}`,
      )
      expect(error).not.toHaveProperty('cause')
    },
  )

  test('a directory in the place of a file is named as a file that cannot be used', () => {
    const dir = temporaryDirectory()
    mkdirSync(join(dir, 'config.json'))
    expect(() => readDockerConfig({ DOCKER_CONFIG: dir })).toThrow(/config\.json can't be read/)
  })
})

test('a file is read as text, and absence is a value', () => {
  const dir = temporaryDirectory()
  writeFileSync(join(dir, 'here'), 'é')
  expect(readIfPresent(join(dir, 'here'))).toBe('é')
  expect(readIfPresent(join(dir, 'gone'))).toBeUndefined()
})

test('a file may have any schema', () => {
  expect(parseFile('x.json', '[1,2]', v.array(v.number()))).toEqual([1, 2])
  expect(() => parseFile('x.json', '[1,"2"]', v.array(v.number()))).toThrow(
    'x.json: "1" is not as expected',
  )
})
