import type { Context } from 'hono'
import updated from '../../fixtures/28.5/service-update.200.json' with { type: 'json' }
import outOfSequence from '../../fixtures/28.5/service-update.out-of-sequence.500.json' with {
  type: 'json',
}
import { wantsVirtualIps } from './addresses.ts'
import { checkService } from './check-service.ts'
import { dropUnknown } from './drop-unknown.ts'
import { emitServiceEvent } from './events.ts'
import { findService } from './find-service.ts'
import { isGlobalJob } from './global-job.ts'
import { schedule } from './schedule.ts'
import { versionOf } from './service.ts'
import { storedSpec } from './store-service.ts'
import { type EmbeddedService, nextIndex, type Swarm } from './swarm.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal, unrecordedRefusal } from './wire/refusal.ts'
import { readBody, ServiceBody } from './wire/service-body.ts'

/**
 * `POST /services/{id}/update`: needs the newest version. It replaces the tasks when their template has
 * changed.
 */
export const updateService = (swarm: Swarm) => async (c: Context) => {
  const body = dropUnknown(swarm, c.req, await readBody(c.req, ServiceBody))
  const service = findService(swarm, c.req.param('id') ?? '')
  const version = c.req.query('version') ?? ''
  if (!/^\d+$/.test(version)) throw unrecordedRefusal(400, `invalid service version '${version}'`)
  const spec = storedSpec(swarm, body)
  checkService(body)
  refuseChange(service, spec)
  if (Number(version) !== versionOf(swarm, service)) throw refusal(outOfSequence)
  applyUpdate(swarm, service, spec)
  return recordedAnswer(updated, updated.response.json)
}

const refuseChange = ({ spec }: EmbeddedService, next: ServiceBody): void => {
  if (next.Name !== spec.Name) throw unimplemented('renaming services is not supported')
  if (modeOf(next) !== modeOf(spec)) throw unimplemented('service mode change is not allowed')
}

const modeOf = ({ Mode }: ServiceBody): string => Object.keys(Mode ?? {}).join()

const unimplemented = (text: string) =>
  unrecordedRefusal(501, `rpc error: code = Unimplemented desc = ${text}`)

const applyUpdate = (swarm: Swarm, service: EmbeddedService, spec: ServiceBody): void => {
  const former = service.spec
  // Any change of a job begins another iteration.
  const isDirty =
    isGlobalJob(spec) || JSON.stringify(former.TaskTemplate) !== JSON.stringify(spec.TaskTemplate)
  service.previousSpec = former
  service.spec = spec
  service.updatedAt = swarm.clock().now
  service.index = nextIndex(swarm)
  service.generation += isDirty ? 1 : 0
  service.hasVirtualIps &&= wantsVirtualIps(service)
  service.replacedAt = isDirty ? service.updatedAt : undefined
  schedule(swarm, service, isDirty)
  emitServiceEvent(swarm, 'update', service, changesOf(former, spec))
  if (isDirty && !isGlobalJob(spec))
    emitServiceEvent(swarm, 'update', service, { 'updatestate.new': 'updating' })
}

const changesOf = (former: ServiceBody, spec: ServiceBody): Record<string, string> => {
  const image = [former, spec].map(({ TaskTemplate }) => TaskTemplate?.ContainerSpec?.Image ?? '')
  const replicas = [former, spec].map(({ Mode }) => String(Mode?.Replicated?.Replicas ?? ''))
  return { ...changed('image', image), ...changed('replicas', replicas) }
}

const changed = (key: string, [before = '', after = '']: string[]): Record<string, string> =>
  before === after ? {} : { [`${key}.old`]: before, [`${key}.new`]: after }
