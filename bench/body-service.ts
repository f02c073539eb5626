import { serve } from '../handlers/node.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'

// The service in a process of its own. It sends its address and, when asked, the longest turn of its event loop
// since the last question: a caller of /health waits for one turn at most. It measures the processor time of
// its thread, which is the same when the machine has other work.

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
