import { describe, expect, test } from 'vitest'
import { readFixture } from '../../fixtures/fixture.ts'
import { EMBEDDED_VERSIONS } from '../../src/embedded/recordings.ts'
import { jsonOf, specOf, startEngine } from './start-engine.ts'

const REFUSALS = [
  'service-create.bad-constraint.500',
  'service-create.bad-image.400',
  'service-create.bad-name.400',
  'service-create.bad-template.400',
  'service-create.conflict.409',
  'service-create.cpu-too-small.400',
  'service-create.duplicate-mount.400',
  'service-create.memory-too-small.400',
  'service-create.name-too-long.400',
  'service-create.network-missing.500',
  'service-create.network-not-swarm.403',
  'service-create.no-image.400',
  'service-inspect.404',
  'service-list.bad-filter.400',
  'service-logs.404',
  'service-remove.404',
  'task-inspect.404',
  'task-list.service-missing.404',
  'node-inspect.404',
  'network-create.conflict.409',
  'image-inspect.404',
  'distribution-inspect.404',
  'image-pull.missing.404',
  'page.unknown.404',
  'ping.too-new.400',
] as const

describe.each(EMBEDDED_VERSIONS)('what a real Engine %s refused', (as) => {
  test.each(REFUSALS)(
    'the embedded engine refuses in the same words as a real one: %s',
    async (name) => {
      const { request, response } = readFixture(as, name)
      const { call } = startEngine({ as })
      const { body } = request
      await call('/networks/create', { method: 'POST', body: { Name: 'local-bridge' } })
      if (name === 'service-create.conflict.409') await call(request.path, { method: 'POST', body })
      const answer = await call(request.path, { method: request.method, body })
      expect(answer.status).toBe(response.status)
      expect(await jsonOf(answer)).toEqual(response.json)
    },
  )

  test('a pull without credentials, and one with wrong credentials, are refused as by a real Engine', async () => {
    const { engine } = startEngine({ as })
    const path = '/images/create?fromImage=127.0.0.1:5000/team/registry-denied&tag=1'
    const answers = [{}, { 'x-registry-auth': 'e30=' }].map((headers) =>
      engine.fetch(new Request(`http://docker${path}`, { method: 'POST', headers })),
    )
    const [none, wrong] = await Promise.all(answers)
    const { noAuth, wrongAuth } = {
      noAuth: readFixture(as, 'image-pull.no-auth').response,
      wrongAuth: readFixture(as, 'image-pull.wrong-auth').response,
    }
    expect([none?.status, wrong?.status]).toEqual([noAuth.status, wrongAuth.status])
    const own = (json: unknown) =>
      JSON.stringify(json)
        .replaceAll('team/notebook', 'team/registry-denied')
        .replaceAll('http://', 'https://')
    expect(own(await none?.json())).toBe(own(noAuth.json))
    expect(own(await wrong?.json())).toBe(own(wrongAuth.json))
  })
})

describe('what a real Engine refused', () => {
  test('a name is taken whatever its case, and told as it was asked for', async () => {
    const { create } = startEngine()
    await create(specOf('Web'))
    await expect(create(specOf('web'))).rejects.toMatchObject({
      code: 'conflict',
      engineMessage: 'name conflicts with an existing object: service web already exists',
    })
  })

  test('a network in use is not removed', async () => {
    const { create, call } = startEngine()
    const id = await create(specOf('web'))
    const answer = await call('/networks/jupyterhub', { method: 'DELETE' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(`is in use by service ${id}`)
  })
})
