/**
 * Keeps a private Engine with a hub alive until SIGTERM. `up.ts` starts it with its own options, and gets its
 * progress. However it ends, even by SIGKILL, the kernel removes everything of the Engine.
 */
import { type RealEngine, startEngine } from '../engine/engine-lab.ts'
import type { KeeperMessage } from './keeper-message.ts'
import { startLocalHub } from './local-hub.ts'
import { readUpOptions } from './up-options.ts'

const tell = (message: KeeperMessage): void => {
  if (process.connected) process.send?.(message)
}

const options = readUpOptions(process.argv.slice(2))
const { engine: version = '20.10' } = options
let engine: RealEngine | undefined

const end = async (): Promise<void> => {
  await engine?.stop()
  process.exit()
}
// Without this timer, nothing would keep this process alive.
setInterval(() => {}, 2 ** 30)
process.once('SIGTERM', end)
process.once('disconnect', end)

try {
  tell({ say: `Starting a private Docker Engine ${version}` })
  engine = await startEngine({ version })
  const hub = await startLocalHub(options, (say) => tell({ say }), engine)
  const { url, password, apiToken, stack } = hub
  process.off('disconnect', end)
  tell({ hub: { url, password, apiToken, stack, dockerHost: engine.dockerHost } })
} catch (error) {
  tell({ failure: error instanceof Error ? error.message : String(error) })
  await end()
}
