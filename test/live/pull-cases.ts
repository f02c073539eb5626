import * as v from 'valibot'
import type { ExpectStatic } from 'vitest'
import { PullResult } from '../../docs/write/openapi-schemas.ts'
import { send } from '../support/test-hub.ts'
import type { World } from './world.ts'

const Tasks = v.array(
  v.object({
    DesiredState: v.string(),
    JobIteration: v.object({ Index: v.optional(v.number(), 0) }),
    Status: v.object({ State: v.string() }),
  }),
)

/** The life of a pull job, on every Engine the same: there, repeated, failed, tried again, no longer due. */
export const pullCases = async (world: World, expect: ExpectStatic): Promise<void> => {
  const pull = async (data: object) => {
    const answer = await send(world.service, 'pull', { wait_s: 60, ...data })
    return v.parse(PullResult, await answer.json())
  }
  const pullOne = async (image: string) => (await pull({ images: [{ image }] })).images[0]?.report
  const tasksOf = async (job = '') => {
    const filters = encodeURIComponent(JSON.stringify({ name: [`${job}.`] }))
    return v.parse(Tasks, (await world.engine('GET', `/tasks?filters=${filters}`)).json)
  }

  const there = await pullOne('scenario/notebook:1')
  expect(there?.nodes).toMatchObject([{ state: 'there' }])
  const [task, ...others] = await tasksOf(there?.job)
  expect(others).toEqual([])
  expect(task).toEqual({
    DesiredState: 'complete',
    JobIteration: { Index: 0 },
    Status: { State: expect.stringMatching(/^(?:starting|running|complete)$/) },
  })
  const before = (await world.engine('GET', `/services/${there?.job}`)).json
  expect(await pullOne('scenario/notebook:1')).toMatchObject({ job: there?.job })
  expect((await world.engine('GET', `/services/${there?.job}`)).json).toEqual(before)

  const failed = await pullOne('lab/missing:1')
  expect(failed?.nodes).toMatchObject([{ state: 'failed', reason: expect.stringMatching(/./) }])
  const again = await pullOne('lab/missing:1')
  expect(again?.nodes).toMatchObject([{ state: 'failed' }])
  const { json } = await world.engine('GET', `/services/${failed?.job}`)
  expect(json).toMatchObject({ JobStatus: { JobIteration: { Index: 1 } } })
  // Swarm has made the next one, which waits for an hour.
  const retries = await tasksOf(failed?.job)
  expect(retries.filter(({ JobIteration }) => JobIteration.Index === 1).length).toBeLessThan(3)

  const { removed } = await pull({ is_all: true })
  expect([...removed].sort()).toEqual(['lab/missing:1', 'scenario/notebook:1'])
  for (const job of [there?.job, failed?.job]) {
    expect((await world.engine('GET', `/services/${job}`)).status).toBe(404)
    await expect.poll(() => tasksOf(job), { timeout: 20_000, interval: 200 }).toEqual([])
  }
}
