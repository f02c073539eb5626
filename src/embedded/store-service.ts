import * as v from 'valibot'
import missing from '../../fixtures/28.5/service-create.network-missing.500.json' with {
  type: 'json',
}
import notSwarm from '../../fixtures/28.5/service-create.network-not-swarm.403.json' with {
  type: 'json',
}
import { networkNamed } from './networks.ts'
import type { Swarm } from './swarm.ts'
import { refusal } from './wire/refusal.ts'
import { ServiceBody, type TaskTemplate } from './wire/service-body.ts'

/** The spec as the Engine stores it: networks by id, the Engine's own fields added, empty fields left out. */
export const storedSpec = (swarm: Swarm, body: ServiceBody): ServiceBody => {
  const { Name, Labels, TaskTemplate: template, Mode, ...others } = body
  const compact = v.parse(ServiceBody, omitEmpty({ TaskTemplate: template, ...others }))
  const { TaskTemplate = {}, ...rest } = compact
  // Parsing again puts the fields in one order, so that equal specs are equal as text.
  return v.parse(ServiceBody, {
    Name: Name ?? '',
    Labels: Labels ?? {},
    TaskTemplate: storedTemplate(swarm, TaskTemplate ?? {}, template ?? {}),
    Mode: storedMode(Mode),
    ...rest,
  })
}

const storedMode = (mode: ServiceBody['Mode']): ServiceBody['Mode'] => {
  if (mode?.GlobalJob) return { GlobalJob: {} }
  return mode?.Global
    ? { Global: {} }
    : { Replicated: { Replicas: mode?.Replicated?.Replicas ?? 1 } }
}

const storedTemplate = (swarm: Swarm, compact: TaskTemplate, given: TaskTemplate): TaskTemplate => {
  const { ContainerSpec, RestartPolicy, Networks } = compact
  const init = given.ContainerSpec?.Init
  const attempts = given.RestartPolicy?.MaxAttempts ?? 0
  return {
    ...compact,
    ContainerSpec: {
      ...ContainerSpec,
      ...(typeof init === 'boolean' && { Init: init }),
      Isolation: ContainerSpec?.Isolation ?? 'default',
    },
    ...(given.RestartPolicy && {
      RestartPolicy: { Condition: 'any', ...RestartPolicy, MaxAttempts: attempts },
    }),
    ...(Networks && {
      Networks: Networks.map((network) => ({
        ...network,
        Target: networkId(swarm, network.Target ?? ''),
      })),
    }),
    ForceUpdate: given.ForceUpdate ?? 0,
    Runtime: 'container',
  }
}

const networkId = (swarm: Swarm, reference: string): string => {
  const network = networkNamed(swarm, reference)
  if (!network) throw refusal(missing, { nosuch: reference })
  const isPredefined = network.Name === 'bridge' || network.Name === 'host'
  if (network.Scope !== 'swarm' && !isPredefined)
    throw refusal(notSwarm, { 'local-bridge': network.Name })
  return network.Id
}

const MAPS = new Set(['Labels', 'Options', 'Sysctls', 'DriverOpts'])
/** Numbers that Go writes even when they are zero. */
const ALWAYS = new Set(['Parallelism', 'MaxFailureRatio', 'SwapBytes', 'MemorySwappiness'])

/**
 * Leaves out what Go's `omitempty` leaves out: null, zero, false, and empty texts, lists and maps. Objects
 * stay.
 */
const omitEmpty = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(omitEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key, item]) =>
      (ALWAYS.has(key) && item !== null && item !== undefined) || !isEmpty(key, item),
  )
  return Object.fromEntries(
    kept.map(([key, item]) => [key, MAPS.has(key) ? item : omitEmpty(item)]),
  )
}

const isEmpty = (key: string, value: unknown): boolean =>
  !value ||
  (Array.isArray(value) && value.length === 0) ||
  (MAPS.has(key) && typeof value === 'object' && Object.keys(value).length === 0)
