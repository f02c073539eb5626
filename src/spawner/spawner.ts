import { connectDocker, type Docker } from '../docker/docker.ts'
import type { EngineTransport } from '../docker/transport.ts'
import { createNodeNames, type NodeNames } from './node-names.ts'
import { createTaskWatch, type TaskWatch } from './task-watch.ts'

/** Everything start, poll and stop need; a plain value that holds no server's state. */
export type Spawner = {
  docker: Docker
  /** One look at the tasks for all who wait. */
  watch: TaskWatch
  nodeNames: NodeNames
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
    registryAuth,
    now,
  }
}
