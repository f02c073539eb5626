import { connectDocker } from '../../src/docker/docker.ts'
import type { ServiceSpec } from '../../src/docker/service-spec.ts'
import { createService } from '../../src/docker/services.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import type { EmbeddedOptions } from '../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'

/** An embedded engine whose time passes only when `pass` is called. */
export const startEngine = (options: Omit<EmbeddedOptions, 'now'> = {}) => {
  let now = Date.parse('2026-11-23T10:00:00.000Z')
  const engine = createEmbeddedEngine({ ...options, now: () => now })
  const docker = connectDocker(engine.transport)
  const call = async (
    path: string,
    { method = 'GET', body }: { method?: string; body?: unknown } = {},
  ) =>
    engine.fetch(
      new Request(`http://docker${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
  return {
    engine,
    docker,
    pass: (ms: number) => {
      now += ms
    },
    call,
    update: (id: string, version: number, body: ServiceSpec) =>
      call(`/services/${id}/update?version=${version}`, { method: 'POST', body }),
    create: async (spec: ServiceSpec) => (await createService(docker, { spec })).ID,
    tasksOf: (name: string) => listTasks(docker, { filters: { name: [`${name}.`] } }),
  }
}

/** A spec as a hub would send it, its tasks never restarted. */
export const specOf = (
  Name: string,
  Image = 'lab/notebook:1',
  others: Partial<ServiceSpec['TaskTemplate']> = {},
): ServiceSpec => ({
  Name,
  TaskTemplate: {
    ContainerSpec: { Image },
    RestartPolicy: { Condition: 'none' },
    Networks: [{ Target: 'jupyterhub' }],
    ...others,
  },
})

/** The JSON body of an answer. */
export const jsonOf = async (response: Response | Promise<Response>): Promise<unknown> =>
  (await response).json()
