import { connectDocker, type Docker } from '../docker/docker.ts'
import type { EngineTransport } from '../docker/transport.ts'
import { createKnownServices, type KnownServices } from './known-services.ts'
import { createNodeNames, type NodeNames } from './node-names.ts'
import { createTaskWatch, type TaskWatch } from './task-watch.ts'

/** Everything start, poll and stop need; a plain value. What it remembers only saves Engine calls: a copy without it answers the same. */
export type Spawner = {
  docker: Docker
  /** One look at the tasks for all who wait. */
  watch: TaskWatch
  nodeNames: NodeNames
  knownServices: KnownServices
  /** The `X-Registry-Auth` of an image, where credentials are kept for its registry. */
  registryAuth: (image: string) => Promise<string | undefined>
  /** Milliseconds since 1970. */
  now: () => number
}

/** Makes a spawner of an Engine's transport. */
export const createSpawner = (
  transport: EngineTransport,
  {
    registryAuth = async () => undefined,
    now = Date.now,
  }: { registryAuth?: Spawner['registryAuth']; now?: () => number } = {},
): Spawner => {
  const docker = connectDocker(transport)
  return {
    docker,
    watch: createTaskWatch(docker),
    nodeNames: createNodeNames(docker),
    knownServices: createKnownServices(),
    registryAuth,
    now,
  }
}
