import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { createService, removeService } from '../../src/docker/services.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { buildSpec } from '../../src/spawner/build-spec.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import type { Contender } from './contender.ts'

export const SWEEP = 1000
const AT_ONCE = 20

const Swept = v.object({ ms: v.number(), requests: v.number(), found: v.number() })

export type SweepMeasures = v.InferOutput<typeof Swept> & { engineCalls: string[] }

/**
 * Polls a thousand servers at once, as a hub does at its start. It uses the real class in the hub's container.
 * The services are real but wait for a node, because a thousand containers are too many for one machine.
 */
export const pollSweep = async (
  { hub, socket }: Contender,
  engine: RealEngine,
): Promise<SweepMeasures> => {
  const { docker } = createSpawner(nodeTransport({ host: engine.dockerHost }))
  const ids = await each(SWEEP, async (index) => {
    const { spec } = buildSpec(hub.stack, waitingServer(index, hub.images.server))
    return (await createService(docker, { spec })).ID
  })
  try {
    // Right after its creation a service has no task, and a look at it then costs more.
    while ((await listTasks(docker, { filters: { name: ['jupyter-'] } })).length < SWEEP)
      await sleep(500)
    const [container = ''] = await containersOf(hub.docker, hub.hubServiceName)
    const input = readFileSync(join(import.meta.dirname, 'poll_sweep.py'), 'utf8')
    const begun = Date.now()
    const command = ['exec', '--interactive', container, 'python3', '-', String(SWEEP)]
    const swept = v.parse(Swept, JSON.parse(await hub.docker(command, { input })))
    return { ...swept, engineCalls: socket.calls(begun).map(({ name }) => name) }
  } finally {
    await each(SWEEP, (index) => removeService(docker, { id: ids[index] ?? '' }))
  }
}

/** A server with a name that poll_sweep.py asks for. */
const waitingServer = (index: number, image: string): StartRequest =>
  v.parse(StartRequest, {
    server: { username: `sweep-${index}` },
    spawn_id: `before-the-restart-${index}`,
    config: { container_spec: { image }, placement: ['node.labels.none==such'] },
  })

/** Does something `times` times, several at once. */
const each = async <T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < times; index = next++) results[index] = await work(index)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
