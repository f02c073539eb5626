import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { buildSpec } from '../../../src/spawner/build-spec.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

const HOST = `jupyter-6384e2b2-1-${'0123456789'.repeat(3)}`

const LISTED = completePolicy({
  admin: { aliases: ['lab', 'jupyter-*', 'db-*', 'nb-*'] },
  user: {},
  groups: {},
})

const buildWith = (config: object, user_options?: object) =>
  buildSpec(
    'main',
    v.parse(StartRequest, {
      server: { username: 'alice' },
      config: { service_image: 'notebook', networks: ['net'], use_user_options: true, ...config },
      user_options,
    }),
    LISTED,
  )

const refusal = (config: object, user_options?: object): SpawnError => {
  try {
    buildWith(config, user_options)
  } catch (error) {
    if (error instanceof SpawnError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a name like the host of a start is refused by its setting', () => {
  const aliases = ['lab', HOST]
  test.each<[path: string, config: object, user_options?: object]>([
    ['networks.1.Aliases.1', { networks: ['net', { target: 'other', aliases }] }],
    ['networks.0.Aliases.0', { networks: [{ Target: 'net', Aliases: [HOST.toUpperCase()] }] }],
    ['networks.0.Aliases.0', { networks: { name: 'net', aliases: [`${HOST}.`] } }],
    [
      'container_spec.networks.0.Aliases.1',
      { container_spec: { networks: { name: 'net', aliases } } },
    ],
    ['container_spec.hostname', { container_spec: { hostname: HOST } }],
    ['container_spec.Hostname', { container_spec: { Hostname: `x-${HOST.slice(-30)}` } }],
    ['user_options.networks.0.Aliases.1', {}, { networks: [{ target: 'net', aliases }] }],
    [
      'user_options.container_spec.network.0.Aliases.1',
      {},
      { container_spec: { network: [{ target: 'net', aliases }] } },
    ],
    ['user_options.container_spec.hostname', {}, { container_spec: { hostname: HOST } }],
  ])(
    'a name like the host of a start is refused by its setting, %s',
    (path, config, user_options) => {
      const error = refusal(config, user_options)
      expect(error).toMatchObject({ code: 'invalid_config', issues: [{ path }] })
      expect(error.message).toContain('30 hex digits')
    },
  )

  test('a name like the host of a start is refused also if another setting is laid over it', () => {
    const config = { networks: [{ target: 'net', aliases }] }
    expect(refusal(config, { networks: ['net'] }).code).toBe('invalid_config')
  })

  test('a name like the host of a start is refused whatever comes before it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{0,40}$/), (stem) => {
        const networks = [{ target: 'net', aliases: [`${stem}-${HOST.slice(-30)}`] }]
        expect(refusal({ networks }).issues).toMatchObject([{ path: 'networks.0.Aliases.0' }])
      }),
    )
  })

  test('a thousand names like the host of a start make one sentence', () => {
    const networks = [{ target: 'net', aliases: new Array(1000).fill(HOST) }]
    expect(refusal({ networks }).message.length).toBeLessThan(300)
  })
})

test.each([
  '{{"lab"}}',
  '{{index .Service.Labels "x"}}',
  '{{.Service.Labels.x}}',
  'a-{{print 1}}',
  '{{',
])('a host name that a template could make into one is refused: %s', (hostname) => {
  expect(refusal({ container_spec: { hostname } })).toMatchObject({
    code: 'not_allowed',
    issues: [{ path: 'container_spec.hostname', message: expect.stringContaining('placeholders') }],
  })
})

test('a host name whose digits come from fields is refused', () => {
  const hostname = `lab-${'{{.Task.Slot}}'.repeat(10)}${'a'.repeat(20)}`
  expect(refusal({ container_spec: { hostname } }).message).toContain('30 hex digits')
})

test.each([
  [{ networks: [{ target: 'net', aliases: ['lab', 'jupyter-alice', 'db-0123456789abcdef'] }] }],
  [{ container_spec: { hostname: 'lab' } }],
  [{ container_spec: { hostname: 'nb-{{.Node.Hostname}}-{{ .Task.Slot }}' } }],
  [{ container_spec: { hostname: '{{.Service.Name}}' } }],
])('other names stay if the policy lists them: %j', (config) => {
  const { TaskTemplate } = buildWith(config).spec
  const written = JSON.stringify(TaskTemplate)
  for (const name of ['lab', 'jupyter-alice', 'db-0123456789abcdef', '{{.Node.Hostname}}'])
    if (JSON.stringify(config).includes(`"${name}"`)) expect(written).toContain(`"${name}"`)
})
