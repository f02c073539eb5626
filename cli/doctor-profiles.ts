import * as v from 'valibot'
import type { Docker } from '../src/docker/docker.ts'
import { listNodes, type Node, OfferedResource } from '../src/docker/nodes.ts'
import { findEntry, lastWins } from '../src/spawner/settings/assemble-spec.ts'
import { mergeConfig } from '../src/spawner/settings/merge-config.ts'
import type { Profile } from '../src/spawner/settings/profile.ts'
import { type Check, check, failure, type Outcome, ok, TIMEOUT_MS } from './check.ts'

/** Checks whether a node has the generic resources, such as GPUs, that a profile asks for: the kind, and as many on one node. */
export const checkProfile = (docker: Docker, profile: Profile): Promise<Check> =>
  check(`profile ${profile.slug}`, async () => {
    const wanted = wantedBy(profile)
    if (wanted.size === 0) return ok('asks for no generic resources')
    return compare(wanted, await listNodes(docker, { timeoutMs: TIMEOUT_MS }))
  })

/** Checks each profile. Two of the same name of which the same is to be said, such as choices of one, are told once. */
export async function* checkProfiles(docker: Docker, profiles: readonly Profile[]) {
  const told = new Set<string>()
  for (const profile of profiles) {
    const checked = await checkProfile(docker, profile)
    const line = `${checked.name}: ${checked.message}`
    if (!told.has(line)) yield checked
    told.add(line)
  }
}

/** Counts by kind. */
type Counts = ReadonlyMap<string, number>

const RESERVED = 'TaskTemplate.Resources.Reservations.GenericResources'
const Reserved = v.optional(v.array(OfferedResource), [])

const wantedBy = (profile: Profile): Counts => {
  const placeholders = { '{username}': '-', '{server_name}': '-', '{raw_username}': '-' }
  const { admin } = mergeConfig({}, undefined, placeholders, { profile })
  return countsIn(v.parse(Reserved, findEntry(lastWins(admin), RESERVED)?.value))
}

const countsIn = (resources: readonly OfferedResource[]): Counts => {
  const counts = new Map<string, number>()
  for (const { DiscreteResourceSpec, NamedResourceSpec } of resources) {
    const kind = DiscreteResourceSpec?.Kind ?? NamedResourceSpec?.Kind
    if (kind !== undefined)
      counts.set(kind, (counts.get(kind) ?? 0) + (DiscreteResourceSpec?.Value ?? 1))
  }
  return counts
}

const compare = (wanted: Counts, nodes: readonly Node[]): Outcome => {
  const offered = nodes.map(({ Description }) =>
    countsIn(Description.Resources?.GenericResources ?? []),
  )
  const most = (kind: string) => Math.max(0, ...offered.map((counts) => counts.get(kind) ?? 0))
  const [missing] = [...wanted.keys()].filter((kind) => most(kind) === 0)
  if (missing !== undefined)
    return failure(`asks for ${missing}, which no node has`, adviceFor(missing, offered))
  const [large] = [...wanted].filter(([kind, count]) => count > most(kind))
  if (large !== undefined)
    return failure(
      `asks for ${large[1]} of ${large[0]}, and no node has more than ${most(large[0])}`,
      'Ask for fewer in generic_resources: a server runs on one node',
    )
  if (!offered.some((counts) => hasAll(counts, wanted)))
    return failure(
      `asks for ${[...wanted.keys()].join(' and ')}, which no node has together`,
      'Ask for one of them in generic_resources: a server runs on one node',
    )
  return ok([...wanted].map(([kind, count]) => `${kind}: ${count} of ${most(kind)}`).join(', '))
}

const hasAll = (counts: Counts, wanted: Counts): boolean =>
  [...wanted].every(([kind, count]) => (counts.get(kind) ?? 0) >= count)

/** 10 kinds: a line that a person reads. */
const MAX_KINDS = 10

const adviceFor = (kind: string, offered: readonly Counts[]): string => {
  const kinds = [...new Set(offered.flatMap((counts) => [...counts.keys()]))]
  const have = kinds.length > 0 ? kinds.slice(0, MAX_KINDS).join(', ') : 'none'
  return `The nodes have ${have}. Write a kind as the nodes do, capitals too, or add "node-generic-resources": ["${kind}=2"] to daemon.json of a node (docs/gpus.md)`
}
