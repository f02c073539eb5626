import { createApp } from '../handlers/app.ts'
import { createServiceMetrics } from '../handlers/metrics/service-metrics.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { A_THOUSAND, createServers } from '../lab/load/many-servers.ts'
import { createEmbeddedEngine } from '../src/embedded/engine.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { countCalls } from './count-calls.ts'
import { atMost, type Row } from './row.ts'
import { SECRET } from './signed-poll.ts'
import { NEVER } from './start-server.ts'

const TOKEN = '0123456789abcdef'

/** How many Engine calls `/metrics` costs with a thousand servers. The embedded engine has them, because a real one needs hours. */
export const manyMetrics = async (): Promise<Row[]> => {
  const { transport } = createEmbeddedEngine({ memoryBytes: 2 ** 42, nanoCpus: 1e15, speed: 1000 })
  const counter = countCalls(transport)
  const spawner = createSpawner(counter.transport)
  await createServers(spawner, A_THOUSAND)
  const env = { SWARMSPAWNER_SECRET: SECRET, SWARMSPAWNER_ADMIN_TOKEN: TOKEN }
  const { hubs, adminToken } = readSettings(env)
  const metrics = createServiceMetrics()
  const deps = { spawner, hubs, adminToken, metrics, log: () => {}, shutdown: NEVER }
  const app = createApp(deps)
  counter.reset()
  const headers = { authorization: `Bearer ${TOKEN}` }
  const text = await (await app.request('/metrics', { headers })).text()
  const servers = text
    .split('\n')
    .filter((line) => line.startsWith('swarmspawner_servers{'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  const counts = [...counter.counts()]
  return [
    atMost(2, {
      what: 'GET /metrics of 1,000 servers: calls',
      seen: servers,
      measured: counts.reduce((sum, [, count]) => sum + count, 0),
      unit: 'calls',
      from: counts.map(([call, count]) => `${count} ${call}`).join(', '),
    }),
  ]
}
