import type { Context } from 'hono'
import list from '../../fixtures/28.5/service-list.200.json' with { type: 'json' }
import removed from '../../fixtures/28.5/service-remove.200.json' with { type: 'json' }
import { emitServiceEvent } from './events.ts'
import { findService } from './find-service.ts'
import { unschedule } from './schedule.ts'
import { serviceJson } from './service.ts'
import type { Swarm } from './swarm.ts'
import { matches, matchesLabels, readFilters } from './wire/filters.ts'
import { isTrue } from './wire/query-boolean.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import type { ServiceBody } from './wire/service-body.ts'

const FILTERS = ['id', 'name', 'label', 'mode', 'runtime']

/** `GET /services` */
export const listServices = (swarm: Swarm) => (c: Context) => {
  const filters = readFilters(c.req.query('filters'), FILTERS)
  const services = [...swarm.services.values()].filter(
    ({ id, spec }) =>
      matches(filters, 'id', (prefix) => id.startsWith(prefix)) &&
      matches(filters, 'name', (prefix) => (spec.Name ?? '').startsWith(prefix)) &&
      matches(filters, 'mode', (mode) => mode === modeOf(spec)) &&
      matches(filters, 'runtime', (runtime) => runtime === 'container') &&
      matchesLabels(filters, 'label', spec.Labels ?? {}),
  )
  const options = {
    insertDefaults: isTrue(c.req.query('insertDefaults')),
    status: isTrue(c.req.query('status')),
  }
  return recordedAnswer(
    list,
    services.map((service) => serviceJson(swarm, service, options)),
  )
}

const modeOf = ({ Mode }: ServiceBody): string => {
  if (Mode?.GlobalJob) return 'global-job'
  return Mode?.Global ? 'global' : 'replicated'
}

/** `GET /services/{id}` */
export const inspectService = (swarm: Swarm) => (c: Context) => {
  const service = findService(swarm, c.req.param('id') ?? '')
  const options = { insertDefaults: isTrue(c.req.query('insertDefaults')), status: false }
  return recordedAnswer(list, serviceJson(swarm, service, options))
}

/**
 * `DELETE /services/{id}`: the service is gone at once. Its tasks stay listed until their containers are gone.
 */
export const removeService = (swarm: Swarm) => (c: Context) => {
  const service = findService(swarm, c.req.param('id') ?? '')
  swarm.services.delete(service.id)
  unschedule(swarm, service)
  emitServiceEvent(swarm, 'remove', service)
  return recordedAnswer(removed)
}
