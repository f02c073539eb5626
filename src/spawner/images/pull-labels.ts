import * as v from 'valibot'
import { PULL_SOURCES } from './pull-report.ts'

/**
 * Not `org.swarmspawner.hub`, by which servers are found: a pull job is no server, and no list of servers may have it.
 */
const PREFIX = 'org.swarmspawner.pull-'

const Texts = v.pipe(v.string(), v.parseJson(), v.array(v.string()))

const Labels = v.object({
  hub: v.string(),
  image: v.string(),
  digest: v.optional(v.string()),
  source: v.picklist(PULL_SOURCES),
  why: v.optional(v.string(), ''),
  since: v.string(),
  /** Names the image on these nodes, whatever its digest is. */
  key: v.string(),
  constraints: Texts,
  platforms: Texts,
  /** The platforms that the registry has the image for; absent where none was asked. */
  'image-platforms': v.optional(Texts),
  warning: v.optional(v.string()),
})

/** What our labels say of a pull job. They are the only record of what is due. */
export type PullLabels = v.InferOutput<typeof Labels>

const TaskLabels = v.pick(Labels, ['hub', 'image', 'source', 'since'])

/** What the containers of a pull job tell of it, for those who look at all tasks of the swarm at once. */
export type PullTaskLabels = v.InferOutput<typeof TaskLabels>

/** Makes the labels of the containers of a pull job: those that stay the same as long as the image is due. */
export const writePullTaskLabels = ({
  hub,
  image,
  source,
  since,
}: PullLabels): Record<string, string> => ({
  [`${PREFIX}hub`]: hub,
  [`${PREFIX}image`]: image,
  [`${PREFIX}source`]: source,
  [`${PREFIX}since`]: since,
})

/** Makes the labels of a pull job. */
export const writePullLabels = (labels: PullLabels): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        `${PREFIX}${name}`,
        Array.isArray(value) ? JSON.stringify(value) : String(value),
      ]),
  )

/** Reads the labels of a pull job. Undefined where the service is no pull job of ours. */
export const readPullLabels = (
  labels: Readonly<Record<string, string>> | null | undefined,
): PullLabels | undefined => {
  const read = v.safeParse(Labels, ownOf(labels))
  return read.success ? read.output : undefined
}

/** Reads the labels of a task. Undefined where it is of no pull job of ours. */
export const readPullTaskLabels = (
  labels: Readonly<Record<string, string>> | null | undefined,
): PullTaskLabels | undefined => {
  const read = v.safeParse(TaskLabels, ownOf(labels))
  return read.success ? read.output : undefined
}

const ownOf = (labels: Readonly<Record<string, string>> | null | undefined) =>
  Object.fromEntries(
    Object.entries(labels ?? {})
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), value]),
  )
