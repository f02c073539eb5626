import type { HeldResources } from '../../docker/held-resources.ts'
import { readLabels } from '../server/labels.ts'
import { type Amounts, amountsOf, NOTHING, plus } from './amounts.ts'

/** What one task holds of its node, and since when in Unix milliseconds; 0 where the Engine's time cannot be read. */
export type Hold = { since: number; amounts: Amounts; nodeId: string }

/** What tasks hold, sorted once for all who ask. */
export type HeldRoom = {
  /** The sum for each node. */
  ofNode: ReadonlyMap<string, Amounts>
  /** The tasks of each node, the newest first. */
  holds: ReadonlyMap<string, readonly Hold[]>
  /** The tasks of each server of ours, by `serverKeyOf`. */
  ofServer: ReadonlyMap<string, readonly Hold[]>
}

/** Sorts what tasks hold by their nodes and servers. */
export const sortHeld = (held: readonly HeldResources[]): HeldRoom => {
  const all = held.map(({ nodeId, since, reservations, labels }) => ({
    hold: { nodeId, since: Date.parse(since) || 0, amounts: amountsOf(reservations) },
    key: keyOfLabels(labels),
  }))
  all.sort((one, other) => other.hold.since - one.hold.since)
  const holds = groupBy(all, ({ hold }) => hold.nodeId)
  return {
    ofNode: new Map([...holds].map(([node, own]) => [node, sumOf(own)])),
    holds,
    ofServer: groupBy(all, ({ key }) => key),
  }
}

/** Names a server in `ofServer`. A text of both, so that no hub finds a server of another. */
export const serverKeyOf = (server: { hub: string; serviceName: string }): string =>
  JSON.stringify([server.hub, server.serviceName])

const keyOfLabels = (labels: Readonly<Record<string, string>>): string => {
  const server = readLabels(labels)
  return server ? serverKeyOf(server) : ''
}

type Keyed = { hold: Hold; key: string }

const groupBy = (all: readonly Keyed[], keyOf: (one: Keyed) => string): Map<string, Hold[]> =>
  new Map([...Map.groupBy(all, keyOf)].map(([key, own]) => [key, own.map(({ hold }) => hold)]))

/** The sum of what some tasks hold. */
export const sumOf = (holds: readonly Hold[]): Amounts =>
  holds.reduce((sum, { amounts }) => plus(sum, amounts), NOTHING)
