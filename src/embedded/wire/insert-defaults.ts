import type { ServiceBody } from './service-body.ts'

const UPDATE = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: 5e9,
  MaxFailureRatio: 0,
  Order: 'stop-first',
}
const RESTART = { Condition: 'any', Delay: 5e9, MaxAttempts: 0 }

/** Adds Swarm's defaults to a spec, for `GET /services/{id}?insertDefaults=true`. */
export const insertDefaults = (spec: ServiceBody): ServiceBody => {
  const { ContainerSpec, Resources, RestartPolicy, Placement } = spec.TaskTemplate ?? {}
  return {
    ...spec,
    TaskTemplate: {
      ...spec.TaskTemplate,
      ContainerSpec: { StopGracePeriod: 10e9, DNSConfig: {}, ...ContainerSpec },
      Resources: { Limits: {}, Reservations: {}, ...Resources },
      RestartPolicy: { ...RESTART, ...RestartPolicy },
      Placement: Placement ?? {},
    },
    UpdateConfig: { ...UPDATE, ...spec.UpdateConfig },
    RollbackConfig: { ...UPDATE, ...spec.RollbackConfig },
  }
}
