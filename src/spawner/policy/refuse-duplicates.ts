import * as v from 'valibot'
import { Mount, NetworkAttachment } from '../../docker/service-spec.ts'
import type { JoinedNetwork } from '../engine/network-names.ts'
import type { Issue } from '../errors.ts'
import { refusedSpec } from '../settings/assemble-spec.ts'
import type { Entry } from '../settings/entries.ts'
import { mountPoint } from './tidy-path.ts'

/**
 * Throws when a setting joins one network twice, for example by name and by id. Each time would take an address
 * of the network. It also throws when two mounts have the same target.
 */
export const refuseDuplicates = (
  entries: readonly Entry[],
  networkNames: ReadonlyMap<string, JoinedNetwork>,
): void => {
  const issues = entries.flatMap((entry) => [
    ...networkIssues(entry, networkNames),
    ...mountIssues(entry),
  ])
  if (issues.length > 0) throw refusedSpec(issues)
}

/** The duplicates among networks. A value of the wrong type has none; the schema refuses it later. */
const networkIssues = (
  { path, value, from }: Entry,
  networkNames: ReadonlyMap<string, JoinedNetwork>,
): Issue[] => {
  if (path.join('.') !== 'TaskTemplate.Networks') return []
  const networks = v.safeParse(v.array(NetworkAttachment), value)
  if (!networks.success) return []
  const names = networks.output.map(({ Target }) => networkNames.get(Target)?.name ?? Target)
  return repeated(names).map(([index, first]) => ({
    path: `${from}.${index}`,
    message: `is the same network as ${from}.${first}: name each network once`,
  }))
}

const mountIssues = ({ path, value, from }: Entry): Issue[] => {
  if (path[2] !== 'Mounts') return []
  const mounts = v.safeParse(v.array(Mount), value)
  if (!mounts.success) return []
  return repeated(mounts.output.map(({ Target }) => mountPoint(Target))).map(([index, first]) => ({
    path: `${from}.${index}`,
    message: `has the same target as ${from}.${first}: give each mount its own target`,
  }))
}

/** The texts that occur a second time: their index, and the index of the first one. */
const repeated = (texts: readonly string[]): [index: number, first: number][] => {
  const seen = new Map<string, number>()
  return texts.flatMap((text, index): [number, number][] => {
    const first = seen.get(text)
    if (first !== undefined) return [[index, first]]
    seen.set(text, index)
    return []
  })
}
