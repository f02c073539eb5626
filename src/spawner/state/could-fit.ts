import { meetsConstraint, readConstraint } from '../../docker/constraints.ts'
import type { Node } from '../../docker/nodes.ts'
import { isOfPlatform } from '../../docker/platforms.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { type Amounts, amountsOf, covers } from './amounts.ts'

/**
 * Returns whether a node could run the spec if it had nothing else to do: it has what the spec reserves, meets the
 * constraints, and is of a platform that the spec allows. Two filters of Swarm's scheduler never matter for a server: a spec of
 * ours publishes no ports, and `max_replicas` counts the tasks of one service, of which a server has one.
 */
export const couldFit = (node: Node, spec: ServiceSpec): boolean =>
  takesTasks(node) && meetsAll(spec)(node) && hasPlatform(node, spec) && hasReserved(spec)(node)

/** Returns whether Swarm gives a node new tasks. */
export const takesTasks = ({ Spec, Status }: Node): boolean =>
  Spec.Availability === 'active' &&
  // After an election, the new leader calls every node `unknown` until it hears from it.
  ['ready', 'unknown'].includes(Status.State)

/** Makes a test whether a node meets every constraint of the spec, which is read once for all nodes. */
export const meetsAll = ({ TaskTemplate }: ServiceSpec): ((node: Node) => boolean) => {
  const tests = (TaskTemplate.Placement?.Constraints ?? []).map(meets)
  return (node) => tests.every((test) => test(node))
}

/** Makes a test whether a node has what the spec reserves, if nothing else reserves any of it. */
export const hasReserved = (spec: ServiceSpec): ((node: Node) => boolean) => {
  const reserved = reservedBy(spec)
  return (node) => covers(offeredBy(node), reserved)
}

/** All that a node has, whoever uses it. */
export const offeredBy = ({ Description }: Node): Amounts => amountsOf(Description.Resources)

/** What a spec reserves. */
export const reservedBy = ({ TaskTemplate }: ServiceSpec): Amounts =>
  amountsOf(TaskTemplate.Resources?.Reservations)

/**
 * Makes a test whether a node meets a constraint. A constraint that we cannot read counts as met; Swarm will decide.
 */
export const meets = (text: string): ((node: Node) => boolean) => {
  const constraint = readConstraint(text)
  return (node) => constraint === undefined || meetsConstraint(node, constraint)
}

/** Returns whether a node is of one of the platforms that the spec allows. A node that does not tell its platform counts as such. */
export const hasPlatform = ({ Description }: Node, { TaskTemplate }: ServiceSpec): boolean =>
  Description.Platform === undefined ||
  isOfPlatform(Description.Platform, TaskTemplate.Placement?.Platforms ?? [])
