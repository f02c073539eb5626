import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { type Hub, type HubOptions, startHub } from '../../lab/hub/start-hub.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { swarmView } from './swarm-view.ts'

/** A real hub in a real Swarm, its REST API, and what the docker CLI sees of it. */
export type HubWorld = { hub: Hub; client: HubClient; swarm: ReturnType<typeof swarmView> }

/** More lines of jupyterhub_config.py, from a file beside the tests. */
export const configOf = (file: string): string =>
  readFileSync(join(import.meta.dirname, file), 'utf8')

/**
 * Servers are JupyterHub's single-user server and nothing more. JupyterLab is a quarter of what it computes to start, and is
 * what the suites in a browser look at.
 */
const WITHOUT_EXTENSIONS = `
c.Spawner.environment = {**c.Spawner.get('environment', {}), 'JUPYTERHUB_SINGLEUSER_LOAD_OTHER_EXTENSIONS': '0'}
`

/** Runs a hub on an Engine; whoever opens it stops the hub. */
export const openHubWorld = async (
  engine: RealEngine,
  release: Release,
  extraConfig: string,
  more: Pick<HubOptions, 'endpointMode'> = {},
): Promise<HubWorld> => {
  const config = extraConfig + WITHOUT_EXTENSIONS
  const options = { engine, release, port: 0, extraConfig: config, checkOnce: true }
  const hub = await startHub({ ...options, ...more })
  return { hub, client: hubClient(hub), swarm: swarmView(hub.docker) }
}
