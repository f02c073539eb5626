import fc from 'fast-check'
import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS } from '../../fixtures/fixture.ts'
import { isAtLeast, NEWEST_API, negotiate, OLDEST_API } from '../../src/docker/api-version.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const offering = (headers: Record<string, string>, status = 200) =>
  http.head('*/_ping', () => new Response(null, { status, headers }))
/** `docker` replays a ping of its own, so that these come after it. */
const agreeWith = (headers: Record<string, string>, status?: number) => {
  const { transport } = engine.docker('28.5')
  engine.use(offering(headers, status))
  return negotiate(transport, AbortSignal.timeout(5000))
}

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  test('the newest version that both sides know is agreed on, without a version in the path', async () => {
    const agreed = await negotiate(engine.docker(version).transport, AbortSignal.timeout(5000))
    expect(agreed).toBe(
      { '20.10': '1.41', '26.1': '1.45', '28.5': '1.51', '29.7': '1.55' }[version],
    )
    expect(await engine.lastRequest()).toMatchObject({ method: 'HEAD', path: '/_ping', query: {} })
  })
})

test.each([
  ['1.41', '1.41'],
  ['1.51', '1.51'],
  ['1.55', '1.55'],
  ['1.56', NEWEST_API],
  ['1.99', NEWEST_API],
  ['1.100', NEWEST_API],
])('an Engine of API %s is spoken to in %s', async (offered, agreed) => {
  expect(await agreeWith({ 'api-version': offered })).toBe(agreed)
})

test.each(['1.40', '1.24', '1.9'])('an Engine of API %s is too old', async (offered) => {
  await expect(agreeWith({ 'api-version': offered })).rejects.toMatchObject({
    code: 'unexpected_answer',
    message: expect.stringContaining(OLDEST_API),
  })
})

test.each([{}, { 'api-version': '' }, { 'api-version': 'two' }, { 'api-version': '2.0' }])(
  'a server that answers with %j is no Engine',
  async (headers) => {
    await expect(agreeWith(headers)).rejects.toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringContaining('is this a Docker Engine?'),
    })
  },
)

test('a proxy that has no Engine behind it is unavailable', async () => {
  await expect(agreeWith({}, 503)).rejects.toMatchObject({ code: 'unavailable', httpStatus: 503 })
})

test('the agreement keeps to the deadline of its caller', async () => {
  const reason = new Error('enough')
  const { transport } = engine.docker('28.5')
  await expect(negotiate(transport, AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('versions are in the order of their numbers, not of their letters', () => {
  expect(isAtLeast('1.44', '1.44')).toBe(true)
  expect(isAtLeast('1.9', '1.41')).toBe(false)
  const minor = fc.nat(200)
  fc.assert(
    fc.property(minor, minor, (a, b) => {
      expect(isAtLeast(`1.${a}`, `1.${b}`)).toBe(a >= b)
    }),
  )
})
