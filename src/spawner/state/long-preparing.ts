import type { Task } from '../../docker/tasks.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import { secondsInWords } from '../duration-words.ts'
import type { Spawner } from '../spawner.ts'
import type { ServerState } from './server-state.ts'
import { isPreparedInVain } from './task-words.ts'

/**
 * After how many seconds of `preparing` the wait is told, with its length. A node that has the image prepares a task
 * within a second or two. Each mark is a line of progress, so there are few.
 */
const MARKS_S = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/**
 * Tells on which node a start is being prepared, and how long already. Swarm does not say how much of an image a node
 * has downloaded, nor whether it downloads at all, so there is no percentage.
 */
export const withLongPreparing = async (
  { now, ahead }: Pick<Spawner, 'now' | 'ahead'>,
  state: ServerState,
  task: Task | undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<ServerState> => {
  if (state.state !== 'starting' || !isQuietlyPreparing(task)) return state
  const since = Date.parse(task.Status.Timestamp)
  const mark = MARKS_S.findLast((seconds) => now() - since >= seconds * 1000)
  if (mark === undefined) return state
  const told = await unlessAborted(ahead(task), signal)
  const event = {
    seq: `${task.ID}:preparing:${since}-${mark}`,
    time: new Date(since + mark * 1000).toISOString(),
    progress: 30,
    message: `Still preparing on ${state.task?.node ?? 'a node'}, for ${secondsInWords(mark)} now${WORDS[told ?? 'unknown']}`,
  }
  return {
    ...state,
    events: [...state.events, event],
    cursor: `${state.cursor}:${mark}`,
  }
}

/** What a pull job knows of the image on that node. advice.ts reads these words. */
const WORDS = {
  there: ', although its image was downloaded ahead',
  downloading: ': it downloads the image',
  unknown: ': it downloads the image if it does not have it',
} as const

/** A node whose pull fails says so itself. */
const isQuietlyPreparing = (task: Task | undefined): task is Task =>
  task?.Status.State === 'preparing' && !isPreparedInVain(task)
