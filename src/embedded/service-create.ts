import type { Context } from 'hono'
import created from '../../fixtures/28.5/service-create.201.json' with { type: 'json' }
import conflict from '../../fixtures/28.5/service-create.conflict.409.json' with { type: 'json' }
import { checkService } from './check-service.ts'
import { dropUnknown } from './drop-unknown.ts'
import { emitServiceEvent } from './events.ts'
import { schedule } from './schedule.ts'
import { storedSpec } from './store-service.ts'
import { type EmbeddedService, nextIndex, type Swarm } from './swarm.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal } from './wire/refusal.ts'
import { readBody, ServiceBody } from './wire/service-body.ts'
import { swarmId } from './wire/stable-id.ts'

/**
 * `POST /services/create`: names that differ only in case are the same name. Without a name, the Engine makes
 * one up.
 */
export const createService = (swarm: Swarm) => async (c: Context) => {
  const body = dropUnknown(swarm, c.req, await readBody(c.req, ServiceBody))
  const spec = storedSpec(swarm, body)
  checkService(body)
  const number = ++swarm.made
  const service = newService(swarm, number, { ...spec, Name: spec.Name || `nameless_${number}` })
  refuseTaken(swarm, service.spec.Name ?? '')
  swarm.services.set(service.id, service)
  schedule(swarm, service, false)
  emitServiceEvent(swarm, 'create', service)
  return recordedAnswer(created, { ...created.response.json, ID: service.id })
}

/** 1 µs: Swarm's leader creates services one after the other, so no two of them have one time. */
const MOMENT_MS = 0.001

const newService = (swarm: Swarm, number: number, spec: ServiceBody): EmbeddedService => {
  const now = Math.max(swarm.clock().now, swarm.newestAt + MOMENT_MS)
  swarm.newestAt = now
  return {
    id: swarmId(`${swarm.seed}/service/${number}`),
    number,
    index: nextIndex(swarm),
    createdAt: now,
    updatedAt: now,
    spec,
    generation: 0,
    replacedAt: undefined,
    hasVirtualIps: false,
  }
}

const refuseTaken = ({ services }: Swarm, name: string): void => {
  const isTaken = [...services.values()].some(
    ({ spec }) => spec.Name?.toLowerCase() === name.toLowerCase(),
  )
  if (isTaken) throw refusal(conflict, { [conflict.request.body.Name]: name })
}
