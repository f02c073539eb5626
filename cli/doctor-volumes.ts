import type { Docker } from '../src/docker/docker.ts'
import { listNodes } from '../src/docker/nodes.ts'
import { takesTasks } from '../src/spawner/state/could-fit.ts'
import { type Check, check, ok, TIMEOUT_MS } from './check.ts'

/**
 * Says where a named volume of the local driver lives. It is no warning, because doctor does not know the mounts:
 * `explain` warns of a server that has such a volume.
 */
export const checkVolumes = (docker: Docker): Promise<Check> =>
  check('volumes', async () => {
    const nodes = (await listNodes(docker, { timeoutMs: TIMEOUT_MS })).filter(takesTasks)
    return nodes.length < 2
      ? ok('one node takes tasks, so that each server finds its volumes there')
      : ok(
          `${nodes.length} nodes take tasks, and a named volume of the local driver lives on one of them: homes need storage that the nodes share, or a placement constraint`,
        )
  })
