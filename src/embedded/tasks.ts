import type { Context } from 'hono'
import serviceMissing from '../../fixtures/28.5/service-inspect.404.json' with { type: 'json' }
import notFound from '../../fixtures/28.5/task-inspect.404.json' with { type: 'json' }
import recorded from '../../fixtures/28.5/task-list.running.200.json' with { type: 'json' }
import { serviceNamed } from './find-service.ts'
import { type EmbeddedTask, tasksOfRun } from './service-runs.ts'
import type { Swarm } from './swarm.ts'
import { taskJson } from './task-json.ts'
import { type Filters, matches, matchesLabels, readFilters } from './wire/filters.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal } from './wire/refusal.ts'

const FILTERS = [
  'id',
  'name',
  'label',
  'service',
  'node',
  'desired-state',
  'runtime',
  '_up-to-date',
]

/** `GET /tasks`: answers 404 when the service in the filter does not exist. */
export const listTasks = (swarm: Swarm) => (c: Context) => {
  const filters = readFilters(c.req.query('filters'), FILTERS)
  const serviceIds = filters.get('service')?.map((reference) => {
    const service = serviceNamed(swarm, reference)
    if (!service) throw refusal(serviceMissing, { nosuch: reference })
    return service.id
  })
  const tasks = swarm.runs
    .filter(({ serviceId }) => serviceIds?.includes(serviceId) ?? true)
    .flatMap((run) => tasksOfRun(swarm, run))
    .filter((task) => isMeant(swarm, task, filters))
  return recordedAnswer(
    recorded,
    tasks.map((task) => taskJson(swarm, task)),
  )
}

const isMeant = (swarm: Swarm, { id, run, task }: EmbeddedTask, filters: Filters): boolean => {
  const name = `${run.serviceName}.${run.slot ?? run.nodeId}.${id}`
  const isOnNode = (node: string) =>
    task.isPlaced &&
    swarm.nodes.some(
      ({ ID, Description }) =>
        ID === run.nodeId && (ID.startsWith(node) || Description.Hostname === node),
    )
  const isNewest = swarm.services.get(run.serviceId)?.generation === run.generation
  return (
    matches(filters, 'id', (prefix) => id.startsWith(prefix)) &&
    matches(filters, 'name', (prefix) => name.startsWith(prefix)) &&
    matches(filters, 'node', isOnNode) &&
    matches(filters, 'desired-state', (state) => task.desired === state) &&
    matches(filters, 'runtime', (runtime) => runtime === 'container') &&
    matches(filters, '_up-to-date', (wanted) => wanted !== 'true' || isNewest) &&
    matchesLabels(filters, 'label', run.serviceLabels)
  )
}

/** `GET /tasks/{id}`: finds a task by full id, or the beginning of its id. */
export const inspectTask = (swarm: Swarm) => (c: Context) => {
  const id = c.req.param('id') ?? ''
  const task = swarm.runs
    .flatMap((run) => tasksOfRun(swarm, run))
    .find((candidate) => candidate.id.startsWith(id))
  if (!task) throw refusal(notFound, { nosuch: id })
  return recordedAnswer(recorded, taskJson(swarm, task))
}
