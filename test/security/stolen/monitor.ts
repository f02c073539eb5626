import type { ExpectStatic } from 'vitest'
import type { World } from '../../live/world.ts'
import { ask, createTestService } from '../../support/test-hub.ts'
import type { MonitorThief } from './metrics-token.ts'

const TOKEN = 'the-token-of-prometheus'

/** Somebody with the token for metrics, at a service where alice has a server. */
export const monitorOf = async (world: World, given: ExpectStatic): Promise<MonitorThief> => {
  const service = createTestService(world.spawner, { metricsToken: TOKEN })
  const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
  const started = await ask(service, 'start', { server: { username: 'alice' }, config })
  return {
    expect: given,
    victim: started.service_name,
    ask: async (method, path, body) => {
      const headers = { authorization: `Bearer ${TOKEN}` }
      const sent = body === undefined ? {} : { body: JSON.stringify({ type: 'x', data: body }) }
      const answer = await service.app.request(path, { method, headers, ...sent })
      return { status: answer.status, text: await answer.text() }
    },
  }
}
