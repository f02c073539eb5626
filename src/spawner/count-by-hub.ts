import { summarizeServices } from '../docker/services.ts'
import { ANY_HUB_FILTER, isOurLabel, readLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'

/** Counts the services of each hub in the swarm, hubs with the most services first. Parts that cannot be read do not count. */
export const countByHub = async (
  { docker }: Pick<Spawner, 'docker'>,
  signal: AbortSignal,
): Promise<[hub: string, count: number][]> => {
  const { items } = await summarizeServices(docker, {
    filters: { label: [ANY_HUB_FILTER] },
    keepsLabel: isOurLabel,
    signal,
  })
  const hubs = Map.groupBy(items, ({ Spec }) => readLabels(Spec.Labels)?.hub ?? '')
  hubs.delete('')
  return [...hubs]
    .map(([hub, { length }]): [string, number] => [hub, length])
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
}
