import * as v from 'valibot'
import { expect } from 'vitest'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createTestService, send, type TestService } from '../support/test-hub.ts'
import { SECRET } from './odd-values.ts'

const Services = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))

/** An Engine with three services in front of which requests are made: a stranger's, another hub's and one of ours. */
export type FuzzWorld = {
  service: TestService
  /** The ids of all services there are. */
  services: () => Promise<ReadonlySet<string>>
  /** The services that no request of the hub `default` may touch. */
  foreign: readonly string[]
}

/** Makes such a world, a hundred times faster than the real one. */
export const openFuzzWorld = async (): Promise<FuzzWorld> => {
  const { fetch, transport } = createEmbeddedEngine({ speed: 200 })
  const service = createTestService(createSpawner(transport))
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(new Request(`http://engine/v1.51${path}`, init))
    return response.json()
  }
  const services = async () =>
    new Set(v.parse(Services, await call('GET', '/services')).map(({ ID }) => ID))
  await call('POST', '/services/create', {
    Name: 'stranger',
    TaskTemplate: { ContainerSpec: { Image: 'demo/notebook:1' } },
  })
  const start = (username: string, hub: 'default' | 'other') =>
    send(
      service,
      'start',
      {
        server: { username },
        spawn_id: 'spawn-1',
        config: { service_image: 'demo/notebook:1' },
        wait_s: 0,
      },
      { hub },
    )
  await start('bob', 'other')
  const foreign = [...(await services())]
  await start('alice', 'default')
  return { service, services, foreign }
}

/** What holds for the log after every request: no secret, and no line of an error of ours. */
export const checkLog = (logged: readonly LogEntry[]): void => {
  expect(JSON.stringify(logged), 'the log').not.toContain(SECRET)
  expect(logged.filter(({ code }) => code === 'internal')).toEqual([])
}
