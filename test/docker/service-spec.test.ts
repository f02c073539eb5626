import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, readFixture } from '../../fixtures/fixture.ts'
import { JobSpec } from '../../src/docker/jobs.ts'
import { ServiceSpec } from '../../src/docker/service-spec.ts'

const issuePaths = (spec: unknown) =>
  v.safeParse(ServiceSpec, spec).issues?.map((issue) => v.getDotPath(issue))

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  test('every spec that was sent to an Engine is a spec, and goes out as it is', () => {
    const names = fixtureNames(version).filter(
      (name) => /^service-create|^service-update/.test(name) && !name.includes('no-image'),
    )
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) {
      const { body } = readFixture(version, name).request
      const schema = name.includes('.job') ? JobSpec : ServiceSpec
      expect(v.parse(schema, body), name).toEqual(body)
    }
  })
})

const container = (fields: object) => ({
  Name: 'x',
  TaskTemplate: { ContainerSpec: { Image: 'x', ...fields } },
})

test('the smallest spec has a name and an image', () => {
  expect(v.is(ServiceSpec, container({}))).toBe(true)
  expect(issuePaths(container({ Image: '' }))).toEqual(['TaskTemplate.ContainerSpec.Image'])
})

test.each([
  [{ ...container({}), Networks: [] }, 'Networks'],
  [container({ Memory: 1 }), 'TaskTemplate.ContainerSpec.Memory'],
  [container({ Env: { A: '1' } }), 'TaskTemplate.ContainerSpec.Env'],
  [container({ StopGracePeriod: 1.5 }), 'TaskTemplate.ContainerSpec.StopGracePeriod'],
  [container({ StopGracePeriod: -1 }), 'TaskTemplate.ContainerSpec.StopGracePeriod'],
  [container({ OomScoreAdj: 2 ** 53 }), 'TaskTemplate.ContainerSpec.OomScoreAdj'],
  [
    container({ Mounts: [{ Type: 'nfs', Target: '/x' }] }),
    'TaskTemplate.ContainerSpec.Mounts.0.Type',
  ],
  [
    container({ Mounts: [{ Type: 'bind', Target: '' }] }),
    'TaskTemplate.ContainerSpec.Mounts.0.Target',
  ],
  [{ ...container({}), EndpointSpec: { Mode: 'host' } }, 'EndpointSpec.Mode'],
])('the spec %j is refused, by its field', (spec, path) => {
  expect(issuePaths(spec)).toEqual([path])
})
