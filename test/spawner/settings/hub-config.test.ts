import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { HubConfig } from '../../../src/spawner/settings/hub-config.ts'

const issuesOf = (config: unknown) =>
  v.safeParse(HubConfig, config).issues?.map((issue) => v.getDotPath(issue)) ?? []

test('no setting of a hub is required', () => {
  expect(issuesOf({})).toEqual([])
})

const NAMES = Object.keys(HubConfig.entries)

test.each(NAMES)('%s may be None, which is as good as not set', (name) => {
  expect(issuesOf({ [name]: null })).toEqual([])
})

test.each([
  'jupyterhub_service_name',
  'networks',
  'container_spec',
  'mounts',
  'resource_spec',
  'placement',
  'use_user_options',
  'use_user_option',
  'service_prefix',
  'service_image',
  'service_port',
  'start_timeout',
  'notebook_dir',
  'endpoint',
  'url_host',
  'restart_policy',
  'init',
  'stop_grace_period',
  'log_driver',
  'healthcheck',
  'environment',
  'cpu_limit',
  'mem_limit',
  'cpu_guarantee',
  'mem_guarantee',
])('%s is a setting', (name) => {
  expect(NAMES).toContain(name)
})

describe('a setting that is wrong', () => {
  test.each([
    ['network', ['x']],
    ['image', 'x'],
    ['use_user_options', 'yes'],
    ['service_port', 0],
    ['service_port', 65_536],
    ['service_port', '8888'],
    ['service_prefix', 7],
    ['endpoint', 'ingress'],
    ['url_host', 'task'],
    ['init', 'true'],
    ['cpu_limit', [1]],
    ['mem_limit', true],
    ['start_timeout', '5m'],
  ])('a setting that is wrong is refused by its name, %s: %j', (name, value) => {
    expect(issuesOf({ [name]: value })).toEqual([name])
  })
})
