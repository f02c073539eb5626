import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { IMAGE_STORES, type ImageStore, PULLS_29_7 } from '../../src/embedded/pull-scenarios.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { ask, createTestService } from '../support/test-hub.ts'

/**
 * `node test/live/show-pulls.ts`: starts a server of each image that can't be pulled on the embedded engine as 29.7, at
 * the pace that was seen, and prints after how many milliseconds the reason was told and the start had ended. The slowest
 * takes 100 s: 40 until the registry's silence is told, and the minute of patience.
 */
const REGISTRY: Readonly<Record<string, string>> = {
  'registry-unknown': 'nowhere.example/',
  'hub-unreachable': 'lab/',
  'registry-silent': '127.0.0.1:5003/',
  'registry-refused': '127.0.0.1:5999/',
  'image-missing': '127.0.0.1:5000/lab/',
  'registry-denied': '127.0.0.1:5001/lab/',
  'registry-odd': '127.0.0.1:5004/',
}

const show = async (imageStore: ImageStore, scenario: string): Promise<object> => {
  const { transport } = createEmbeddedEngine({ as: '29.7', imageStore })
  const service = createTestService(createSpawner(transport))
  const server = { username: 'alice', server_name: '' }
  const image = `${REGISTRY[scenario] ?? ''}${scenario}:1`
  const config = { container_spec: { image }, networks: ['jupyterhub'] }
  const begun = performance.now()
  const started = ask(service, 'start', { server, config, start_timeout: 300, wait_s: 290 })
  let told: { ms: number; state: ServerState } | undefined
  const watch = async () => {
    for (let cursor = ''; told === undefined; ) {
      const state = await ask(service, 'poll', { server, cursor, wait_s: 1 })
      cursor = state.cursor
      if (state.reason !== null && state.state === 'starting')
        told = { ms: performance.now() - begun, state }
      if (state.state !== 'starting' && cursor !== 'absent') return
    }
  }
  const [ended] = await Promise.all([started.then(timed(begun)), watch()])
  const { state } = told ?? ended
  return {
    store: imageStore,
    image,
    'told after (ms)': Math.round((told ?? ended).ms),
    'ended after (ms)': Math.round(ended.ms),
    result: `${ended.state.state}, ${ended.state.status}`,
    reason: state.reason,
    'for the student': ended.state.user_message,
  }
}

const timed = (begun: number) => (state: ServerState) => ({ ms: performance.now() - begun, state })

const rows = await Promise.all(
  IMAGE_STORES.flatMap((store) => Object.keys(PULLS_29_7[store]).map((name) => show(store, name))),
)
for (const row of rows) console.log(JSON.stringify(row, null, 2))
