import { serve } from '../handlers/node.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'

// The service in a process of its own. Tells its address, and what the longest turn of its event loop has taken since it
// was asked before: whoever asks for /health waits for one turn. By the processor time of its thread, which is the same on
// a machine that has other work.

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

let [longest, last] = [0, cpuMs()]
const turn = () => {
  const now = cpuMs()
  longest = Math.max(longest, now - last)
  last = now
  setImmediate(turn)
}
turn()

const spawner = createSpawner(nodeTransport({ host: process.env['DOCKER_HOST'] ?? '' }))
const { url } = await serve(readSettings(process.env), spawner, () => {})
process.on('message', () => {
  process.send?.({ longest })
  longest = 0
})
process.on('disconnect', () => process.exit())
process.send?.({ url })
