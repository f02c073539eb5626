import { setTimeout as sleep } from 'node:timers/promises'
import { listTasks } from '../src/docker/tasks.ts'
import type { Spawner } from '../src/spawner/spawner.ts'

/** Waits until the Engine has no task left, so that what one measure removed does not disturb the next. */
export const waitUntilIdle = async ({ docker }: Spawner): Promise<void> => {
  while ((await listTasks(docker)).length > 0) await sleep(200)
  await sleep(1000)
}
