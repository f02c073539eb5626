import { createTestHarness } from 'wrangler'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { ADMIN_TOKEN, SECRETS } from './test-hub.ts'

// These settings keep wrangler from sending anything to other machines.
process.env['WRANGLER_SEND_METRICS'] = 'false'
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'

const configPath = new URL('../../wrangler.toml', import.meta.url)

/** The real workerd with the project's wrangler.toml, against an embedded engine over TCP. */
export const startEdge = async (more: Record<string, string> = {}) => {
  const engine = await listenEmbedded(createEmbeddedEngine({ speed: 10 }), 'tcp://127.0.0.1:0')
  const vars = {
    DOCKER_HOST: engine.dockerHost,
    SWARMSPAWNER_SECRET: SECRETS.default,
    SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN,
    ...more,
  }
  const edge = createTestHarness({ workers: [{ configPath, vars }] })
  await edge.listen()
  return {
    /** Where the Engine is. */
    dockerHost: engine.dockerHost,
    ask: (path: string, init?: Parameters<typeof edge.fetch>[1]) =>
      edge.fetch(`http://edge.example${path}`, init),
    close: async () => {
      await edge.close()
      await engine.close()
    },
  }
}
