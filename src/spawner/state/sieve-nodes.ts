import type { Node } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { hasPlatform, hasReserved, meetsAll, takesTasks } from './could-fit.ts'

/** The nodes that pass each test for a spec and all tests before it. */
export type SievedNodes = {
  all: readonly Node[]
  /** They take tasks now. */
  active: readonly Node[]
  /** They meet the constraints, too. */
  allowed: readonly Node[]
  /** They are of a platform that the spec allows, too. */
  ofPlatform: readonly Node[]
  /** They have what the spec reserves, too, if nothing else uses it: `couldFit` is true of these nodes only. */
  suitable: readonly Node[]
}

/** Sieves the nodes of a swarm by the tests of `couldFit`. */
export const sieveNodes = (all: readonly Node[], spec: ServiceSpec): SievedNodes => {
  const active = all.filter(takesTasks)
  const allowed = active.filter(meetsAll(spec))
  const ofPlatform = allowed.filter((node) => hasPlatform(node, spec))
  return { all, active, allowed, ofPlatform, suitable: ofPlatform.filter(hasReserved(spec)) }
}

/** The nodes that could run the spec if they took tasks, such as one that is drained. */
export const restingNodes = (all: readonly Node[], spec: ServiceSpec): Node[] => {
  const [allows, has] = [meetsAll(spec), hasReserved(spec)]
  return all.filter(
    (node) => !takesTasks(node) && allows(node) && hasPlatform(node, spec) && has(node),
  )
}
