import { http } from 'msw/http'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { ServiceSpec } from '../../src/docker/service-spec.ts'
import {
  createService,
  findService,
  listServices,
  removeService,
  serviceLogs,
} from '../../src/docker/services.ts'
import { collect } from '../support/collect.ts'
import { responseOf, setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const name = 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'
const hubFilter = { label: ['org.swarmspawner.hub=default'] }

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const prefix = `/v${agreedApi(version)}`
  const sentSpec = (fixture: string) =>
    v.parse(ServiceSpec, readFixture(version, fixture).request.body)

  test('a service is created from its spec, which is sent as it is', async () => {
    engine.replay(version, 'service-create.201')
    const spec = sentSpec('service-create.201')
    const created = await createService(engine.docker(version), { spec, registryAuth: 'e30=' })
    expect(created.ID).toMatch(/^[a-z0-9]{25}$/)
    const seen = await engine.lastRequest()
    expect(seen).toMatchObject({ method: 'POST', path: `${prefix}/services/create`, query: {} })
    expect(seen.headers).toMatchObject({
      'x-registry-auth': 'e30=',
      'content-type': 'application/json',
    })
    expect(seen.body).toEqual(spec)
  })

  test('without credentials a create has no header that speaks of them', async () => {
    engine.replay(version, 'service-create.201')
    await createService(engine.docker(version), { spec: sentSpec('service-create.201') })
    expect((await engine.lastRequest()).headers).not.toHaveProperty('x-registry-auth')
  })

  test('a create with a name that is taken is a conflict, in the words of the Engine', async () => {
    engine.replay(version, 'service-create.conflict')
    const spec = sentSpec('service-create.conflict')
    await expect(createService(engine.docker(version), { spec })).rejects.toMatchObject({
      code: 'conflict',
      httpStatus: 409,
      engineMessage: expect.stringContaining('name conflicts with an existing object'),
    })
  })

  test('a service is found by its name', async () => {
    engine.replay(version, 'service-inspect.200')
    const service = await findService(engine.docker(version), { id: name })
    expect(service?.Spec).toMatchObject({
      Name: name,
      Labels: { 'org.swarmspawner.hub': 'default' },
    })
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `${prefix}/services/${name}`,
      query: {},
      body: undefined,
    })
  })

  test('a service is found by its full id, and not by the beginning of it', async () => {
    const { ID } = v.parse(
      v.object({ ID: v.string() }),
      readFixture(version, 'service-inspect.200').response.json,
    )
    engine.use(
      http.get('*/services/:id', () => responseOf(readFixture(version, 'service-inspect.200'))),
    )
    const docker = engine.docker(version)
    expect(await findService(docker, { id: ID })).toMatchObject({ ID })
    expect(await findService(docker, { id: ID.slice(0, 6) })).toBeUndefined()
  })

  test('an unknown service is found to be absent', async () => {
    engine.replay(version, 'service-inspect.404')
    expect(await findService(engine.docker(version), { id: 'nosuch' })).toBeUndefined()
  })

  test('a refusal other than 404 is not taken for the absence of a service', async () => {
    engine.use(
      http.get('*/services/:id', () => responseOf(readFixture(version, 'service-list.worker'))),
    )
    await expect(findService(engine.docker(version), { id: name })).rejects.toMatchObject({
      code: 'not_a_manager',
    })
  })

  test('services are listed by label', async () => {
    engine.replay(version, 'service-list.200')
    const services = await listServices(engine.docker(version), { filters: hubFilter })
    expect(services.map(({ Spec }) => Spec.Name)).toEqual([name])
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `${prefix}/services`,
      query: { filters: '{"label":["org.swarmspawner.hub=default"]}' },
    })
  })

  test('no services are an empty list', async () => {
    engine.replay(version, 'service-list.empty')
    expect(await listServices(engine.docker(version))).toEqual([])
    expect((await engine.lastRequest()).query).toEqual({})
  })

  test('a filter that the Engine does not know is a bad request', async () => {
    engine.replay(version, 'service-list.bad-filter')
    const filters = { nosuch: ['x'] }
    await expect(listServices(engine.docker(version), { filters })).rejects.toMatchObject({
      code: 'bad_request',
    })
  })

  test('a removal says that the service was there', async () => {
    engine.replay(version, 'service-remove.200')
    expect(await removeService(engine.docker(version), { id: name })).toBe(true)
    expect(await engine.lastRequest()).toMatchObject({
      method: 'DELETE',
      path: `${prefix}/services/${name}`,
      query: {},
    })
  })

  test('a removal says that the service was not there', async () => {
    engine.replay(version, 'service-remove.404')
    expect(await removeService(engine.docker(version), { id: 'nosuch' })).toBe(false)
  })

  test('a removal that a worker refuses is an error', async () => {
    engine.use(
      http.delete('*/services/:id', () => responseOf(readFixture(version, 'service-list.worker'))),
    )
    await expect(removeService(engine.docker(version), { id: name })).rejects.toMatchObject({
      code: 'not_a_manager',
    })
  })

  test('the log tells lines and streams apart', async () => {
    engine.replay(version, 'service-logs.200')
    const lines = await collect(serviceLogs(engine.docker(version), { id: name, tail: 20 }))
    expect(lines).toEqual([
      { stream: 'stdout', text: 'to stdout' },
      { stream: 'stderr', text: 'to stderr' },
    ])
    expect(await engine.lastRequest()).toMatchObject({
      method: 'GET',
      path: `${prefix}/services/${name}/logs`,
      query: { stdout: 'true', stderr: 'true', tail: '20' },
    })
  })

  test('the log of a terminal has one stream and no frames', async () => {
    engine.replay(version, 'service-logs.tty')
    // Engines before 23 do not tell by the content type.
    const tty = version === '20.10' ? { tty: true } : {}
    const lines = await collect(serviceLogs(engine.docker(version), { id: name, tail: 20, ...tty }))
    expect(lines).toEqual([
      { stream: 'stdout', text: 'to stdout' },
      { stream: 'stdout', text: 'to stderr' },
    ])
  })

  test('a log can be followed', async () => {
    engine.use(
      http.get('*/services/:id/logs', () => responseOf(readFixture(version, 'service-logs.200'))),
    )
    const options = { id: name, follow: true }
    await collect(serviceLogs(engine.docker(version), options))
    expect((await engine.lastRequest()).query).toEqual({
      stdout: 'true',
      stderr: 'true',
      follow: 'true',
    })
  })

  test('the log of an unknown service is an error', async () => {
    engine.replay(version, 'service-logs.404')
    const lines = collect(serviceLogs(engine.docker(version), { id: 'nosuch' }))
    await expect(lines).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('a name with slashes and question marks stays one segment of the path', async () => {
  engine.use(http.get('*', () => responseOf(readFixture('28.5', 'service-inspect.404'))))
  await findService(engine.docker('28.5'), { id: 'a/b?c#d' })
  expect((await engine.lastRequest()).path).toBe('/v1.51/services/a%2Fb%3Fc%23d')
})
