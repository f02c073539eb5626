import { serve } from '../handlers/node.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { countCalls } from './count-calls.ts'

/**
 * The service in a process of its own. It prints its address and, when asked, how many Engine calls it has
 * made.
 */
const counter = countCalls(nodeTransport({ host: process.env['DOCKER_HOST'] ?? '' }))
const settings = readSettings(process.env)
const { url } = await serve(settings, createSpawner(counter.transport), (entry) =>
  console.log(JSON.stringify(entry)),
)

process.on('message', () => {
  const calls = [...counter.counts().values()].reduce((sum, count) => sum + count, 0)
  process.send?.({ calls })
})
process.on('disconnect', () => process.exit())
process.send?.({ url })
