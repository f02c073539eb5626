import { HttpResponse, http } from 'msw/http'
import { expect, test } from 'vitest'
import { containerEnds } from '../../src/docker/container-ends.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const asked = {
  serviceId: 'service',
  since: '2026-11-28T10:00:00Z',
  until: '2026-11-28T10:00:05.08908886Z',
}
const line = (ID: string, exitCode: string) => {
  const Actor = { ID, Attributes: { exitCode } }
  const timeNano = 1.764324e18
  return `${JSON.stringify({ Type: 'container', Action: 'die', Actor, scope: 'local', timeNano })}\n`
}
const answering = (body: string, init: { status?: number } = {}) =>
  engine.use(http.get('*/events', () => new HttpResponse(body, init)))

test('the ends of the containers of a service are asked for with all digits of the times', async () => {
  answering(line('a', '3') + line('b', '0'))
  expect(await containerEnds(engine.docker('28.5'), asked)).toEqual([
    { id: 'a', exitCode: 3, atMs: 1.764324e12 },
    { id: 'b', exitCode: 0, atMs: 1.764324e12 },
  ])
  expect(await engine.lastRequest()).toMatchObject({
    method: 'GET',
    query: {
      since: '1795860000.000000000',
      until: '1795860005.089088860',
      filters:
        '{"type":["container"],"event":["die"],"label":["com.docker.swarm.service.id=service"]}',
    },
  })
})

test.each([
  ['a proxy that hides the events', '{"message":"Forbidden"}', 403],
  ['an answer that is not an event', 'hello\n', 200],
])('there are none with %s', async (_, body, status) => {
  answering(body, { status })
  expect(await containerEnds(engine.docker('28.5'), asked)).toEqual([])
})
