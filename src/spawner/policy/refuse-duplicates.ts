import * as v from 'valibot'
import { Mount, NetworkAttachment } from '../../docker/service-spec.ts'
import type { JoinedNetwork } from '../engine/network-names.ts'
import type { Issue } from '../errors.ts'
import { refusedSpec } from '../settings/assemble-spec.ts'
import type { Entry } from '../settings/entries.ts'

/**
 * Throws where a setting joins one network twice, by its name and by its id for one: each time takes an address of it. Two
 * mounts at one place are a mistake as well.
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

/** A value of the wrong type is left for the schema to refuse. */
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
  return repeated(mounts.output.map(({ Target }) => place(Target))).map(([index, first]) => ({
    path: `${from}.${index}`,
    message: `has the same target as ${from}.${first}: each needs a place of its own`,
  }))
}

/** Which texts were there before, and where first. */
const repeated = (texts: readonly string[]): [index: number, first: number][] => {
  const seen = new Map<string, number>()
  return texts.flatMap((text, index): [number, number][] => {
    const first = seen.get(text)
    if (first !== undefined) return [[index, first]]
    seen.set(text, index)
    return []
  })
}

/** The path at which the kernel would mount: without empty parts, `.` and `..`. */
const place = (target: string): string => {
  const parts: string[] = []
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
