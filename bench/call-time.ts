import Dockerode from 'dockerode'
import { Agent, request } from 'undici'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { connectDocker, type Docker } from '../src/docker/docker.ts'
import { findService } from '../src/docker/services.ts'
import { listTasks } from '../src/docker/tasks.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { type Caller, compareCalls, type Load, ratio } from './compare-calls.ts'
import type { Row } from './row.ts'
import { startServer, stopServer } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const LOADS: readonly Load[] = [
  { concurrency: 1, calls: 60, rounds: 40 },
  // The blocks are long. In short ones the result depends on whose garbage is collected when.
  { concurrency: 16, calls: 4800, rounds: 8 },
  { concurrency: 64, calls: 6400, rounds: 8 },
]

type Callers = Record<'ours' | 'undici' | 'dockerode', Caller>

/** How long a call of our client takes, compared with undici alone and with dockerode. */
export const callTime = async (engine: RealEngine): Promise<Row[]> => {
  const transport = nodeTransport({ host: engine.dockerHost })
  const spawner = createSpawner(transport)
  const { service_name: name, service_id: id } = await startServer(spawner, 'called')
  const clients = connectClients(engine, connectDocker(transport))
  const rows = [
    ...(await measure('GET /tasks by name', listTasksBy(clients, [`${name}.`]))),
    ...(await measure('GET /services/{id}', findServiceBy(clients, id ?? ''))),
  ]
  await stopServer(spawner, 'called')
  await waitUntilIdle(spawner)
  return rows
}

const connectClients = ({ socketPath }: RealEngine, docker: Docker) => {
  const dispatcher = new Agent({ connect: { socketPath } })
  return {
    docker,
    dockerode: new Dockerode({ socketPath }),
    bare: async (path: string): Promise<unknown> => {
      const { body } = await request(`http://docker/v1.41${path}`, { dispatcher })
      return JSON.parse(await body.text())
    },
  }
}

type Clients = ReturnType<typeof connectClients>

const listTasksBy = ({ docker, dockerode, bare }: Clients, name: string[]): Callers => {
  const path = `/tasks?filters=${encodeURIComponent(JSON.stringify({ name }))}`
  return {
    ours: () => listTasks(docker, { filters: { name } }),
    undici: () => bare(path),
    dockerode: () => dockerode.listTasks({ filters: { name } }),
  }
}

const findServiceBy = ({ docker, dockerode, bare }: Clients, id: string): Callers => ({
  ours: () => findService(docker, { id }),
  undici: () => bare(`/services/${id}`),
  dockerode: () => dockerode.getService(id).inspect(),
})

const measure = async (what: string, callers: Callers): Promise<Row[]> => {
  const rows: Row[] = []
  for (const load of LOADS) {
    const times = await compareCalls(callers, load)
    const named = `${what}, ${load.concurrency} at once`
    if (load.concurrency === 1)
      rows.push(ratio(`${named}: against undici`, 1.15, { times, of: 'ours', against: 'undici' }))
    rows.push(ratio(`${named}: against dockerode`, 1, { times, of: 'ours', against: 'dockerode' }))
  }
  return rows
}
