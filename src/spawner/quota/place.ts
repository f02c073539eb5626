import type { ServiceSummary } from '../../docker/services.ts'
import { readLabels, type ServerLabels } from '../server/labels.ts'
import type { Amounts } from '../state/amounts.ts'
import { takenBy } from './tally.ts'

/** A server that takes a place in quotas, or asks for one. */
export type Place = {
  serviceId: string
  labels: ServerLabels
  taken: Amounts
  /** When the Engine has created its service, as a text that sorts by time. */
  createdAt: string
}

/** The places that services take, without those of other programs. */
export const placesOf = (services: readonly ServiceSummary[]): Place[] =>
  services.flatMap(({ ID, CreatedAt, Spec }) => {
    const labels = readLabels(Spec.Labels)
    if (!labels) return []
    // The name of a service is unique, and what its labels say of it is not.
    const named = { ...labels, serviceName: Spec.Name }
    const taken = takenBy(Spec.TaskTemplate.Resources)
    return [{ serviceId: ID, labels: named, taken, createdAt: sortable(CreatedAt) }]
  })

/** The Engine leaves out zeros at the end of a time. */
const sortable = (time: string): string => {
  const [seconds = '', fraction = ''] = time.replace(/Z$/, '').split('.')
  return `${seconds}.${fraction.padEnd(9, '0')}`
}

/**
 * Returns whether a service has its place before another. The leader of the swarm dates services one after the other, so all
 * copies see one order, and a service that is created later never comes before one that has looked already. Of two with one time,
 * each comes before the other: then one place too few is taken, and never one too many.
 */
export const isBefore = (one: Place, other: Place): boolean => one.createdAt <= other.createdAt
