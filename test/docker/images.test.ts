import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { agreedApi, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { hasImage, inspectDistribution } from '../../src/docker/images.ts'
import { responseOf, setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const image = '127.0.0.1:5000/team/notebook:1'

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  const prefix = `/v${agreedApi(version)}`

  test("the registry tells an image's digest, with our credentials", async () => {
    engine.replay(version, 'distribution-inspect.200')
    const found = await inspectDistribution(engine.docker(version), { image, registryAuth: 'e30=' })
    expect(found.Descriptor.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    const seen = await engine.lastRequest()
    expect(seen).toMatchObject({ method: 'GET', query: {}, headers: { 'x-registry-auth': 'e30=' } })
    expect(decodeURIComponent(seen.path)).toBe(`${prefix}/distribution/${image}/json`)
  })

  test('without credentials the question to a registry has no header that speaks of them', async () => {
    engine.replay(version, 'distribution-inspect.200')
    await inspectDistribution(engine.docker(version), { image })
    expect((await engine.lastRequest()).headers).not.toHaveProperty('x-registry-auth')
  })

  test.each([
    ['distribution-inspect.404', 'not_found'],
    ['distribution-inspect.no-auth', 'unauthorized'],
    ['distribution-inspect.wrong-auth', 'unauthorized'],
    ['distribution-inspect.registry-down', 'server_error'],
  ])('the question to a registry %s is refused as %s', async (name, code) => {
    engine.use(http.get('*/distribution/*', () => responseOf(readFixture(version, name))))
    const inspected = inspectDistribution(engine.docker(version), { image })
    await expect(inspected).rejects.toMatchObject({ code })
  })

  test('an image that the Engine has is told by its name, slashes and all', async () => {
    engine.replay(version, 'image-inspect.200')
    expect(await hasImage(engine.docker(version), { image: 'lab/notebook:1' })).toBe(true)
    const seen = await engine.lastRequest()
    expect(seen).toMatchObject({ method: 'GET', query: {} })
    expect(decodeURIComponent(seen.path)).toBe(`${prefix}/images/lab/notebook:1/json`)
  })

  test('an image that the Engine has not is no error', async () => {
    engine.replay(version, 'image-inspect.404')
    expect(await hasImage(engine.docker(version), { image: 'lab/missing:1' })).toBe(false)
  })

  test('a refusal is not taken for an image that is missing', async () => {
    engine.use(http.get('*/images/*', () => Response.json({ message: 'broken' }, { status: 500 })))
    await expect(hasImage(engine.docker(version), { image })).rejects.toMatchObject({
      code: 'server_error',
    })
  })
})
