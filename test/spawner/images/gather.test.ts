import { expect, test } from 'vitest'
import { createGather } from '../../../src/spawner/images/gather.ts'

type Push = { key: string; digest?: string }

/** Gathers pushes. Work ends when the test says so. */
const open = ({ gatherMs = 0, maxKeys = 10, atOnce = 2 } = {}) => {
  const begun: Push[] = []
  const ends: (() => void)[] = []
  const shutdown = new AbortController()
  const gather = createGather<Push>(
    (push) =>
      new Promise((resolve) => {
        begun.push(push)
        ends.push(resolve)
      }),
    {
      isSame: (running, next) => next.digest !== undefined && running.digest === next.digest,
      signal: shutdown.signal,
      limits: { gatherMs, maxKeys, atOnce },
    },
  )
  const add = (...pushes: Push[]) => gather(pushes.map((value) => ({ key: value.key, value })))
  /** Ends the oldest work that runs. */
  const end = () => ends.shift()?.()
  return { begun, end, add, shutdown }
}

test('work begins after the time to gather, once for all of a key, with the newest', async () => {
  const { begun, end, add } = open({ gatherMs: 5 })
  const all = ['1', '2', '3'].map((digest) => add({ key: 'a', digest }))
  expect(begun).toEqual([])
  await expect.poll(() => begun).toEqual([{ key: 'a', digest: '3' }])
  end()
  await Promise.all(all.map(({ done }) => done))
  expect(begun).toHaveLength(1)
})

test('a newer digest during the work makes one more afterwards', async () => {
  const { begun, end, add } = open()
  add({ key: 'a', digest: '1' })
  await expect.poll(() => begun).toHaveLength(1)
  const more = ['2', '3'].map((digest) => add({ key: 'a', digest }))
  expect(begun).toHaveLength(1)
  end()
  await expect
    .poll(() => begun)
    .toEqual([
      { key: 'a', digest: '1' },
      { key: 'a', digest: '3' },
    ])
  end()
  await Promise.all(more.map(({ done }) => done))
  expect(begun).toHaveLength(2)
})

test('the digest that is being worked on makes no more work', async () => {
  const { begun, end, add } = open()
  const first = add({ key: 'a', digest: '1' })
  await expect.poll(() => begun).toHaveLength(1)
  const again = add({ key: 'a', digest: '1' })
  expect(again.taken).toHaveLength(1)
  end()
  await Promise.all([first.done, again.done])
  expect(begun).toHaveLength(1)
})

test('a push without a digest during the work makes one more, however many come', async () => {
  const { begun, end, add } = open()
  add({ key: 'a' })
  await expect.poll(() => begun).toHaveLength(1)
  const more = Array.from({ length: 100 }, () => add({ key: 'a' }))
  end()
  await expect.poll(() => begun).toHaveLength(2)
  end()
  await Promise.all(more.map(({ done }) => done))
  expect(begun).toHaveLength(2)
})

test('no more keys are worked on at once than the limit', async () => {
  const { begun, end, add } = open({ atOnce: 2 })
  const { done } = add({ key: 'a' }, { key: 'b' }, { key: 'c' })
  await expect.poll(() => begun).toHaveLength(2)
  end()
  await expect.poll(() => begun.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  end()
  end()
  await done
})

test('tasks beyond the limit of keys are not taken, and those of known keys are', async () => {
  const { begun, end, add } = open({ maxKeys: 2 })
  const { taken, done } = add({ key: 'a' }, { key: 'b' }, { key: 'c' }, { key: 'a' })
  expect(taken.map(({ key }) => key)).toEqual(['a', 'b', 'a'])
  await expect.poll(() => begun).toHaveLength(2)
  end()
  end()
  await done
  expect(add({ key: 'c' }).taken).toHaveLength(1)
})

test('nothing begins after a shutdown', async () => {
  const { begun, add, shutdown } = open({ gatherMs: 60_000 })
  const { done } = add({ key: 'a' })
  shutdown.abort()
  await done
  expect(begun).toEqual([])
})
