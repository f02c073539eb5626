import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { readRegistryEvent, registryEventNames } from '../../fixtures/registry-event.ts'
import { ImagesPushed } from '../../handlers/answer-to-registry.ts'
import { listPullJobs } from '../../src/spawner/images/pull-ahead.ts'
import { openPushService, PUSH_TOKENS } from '../support/push-service.ts'
import { checkAnswer } from './check-answer.ts'
import { FUZZ_TIMEOUT_MS, runs } from './fuzz-runs.ts'
import { checkLog } from './fuzz-world.ts'
import { mutated } from './mutate.ts'
import { oddJson } from './odd-values.ts'

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS })

const { signal } = new AbortController()

/** What the policy of the tests lists. */
const IS_LISTED =
  /^(?:registry\.example\.org\/lab\/[a-z0-9._/-]+:[\w.-]+|ghcr\.io\/codertocat\/hello-world:nightly)$/

/** Sends one body, and checks what holds for each: it is answered, nothing unlisted becomes due, and no token is told. */
const trySend = async (body: string, headers: Record<string, string>) => {
  const service = openPushService({ gatherMs: 0 })
  const response = await service.send(body, headers)
  const { status, text } = await checkAnswer(response)
  await service.done()
  const due = await listPullJobs(service.spawner, { hub: 'default', signal })
  for (const { labels } of due) expect(labels.image).toMatch(IS_LISTED)
  checkLog(service.logged)
  expect(JSON.stringify([text, service.logged])).not.toContain(PUSH_TOKENS.default)
  return { status, text, due }
}

const fixture = fc.constantFrom(...registryEventNames()).map(readRegistryEvent)

test('an event of a registry with anything changed in it is answered as ignored or accepted', async () => {
  const changed = fixture.chain(({ headers, body }) =>
    mutated(fc.constant(JSON.parse(body))).map((json) => ({ headers, json })),
  )
  await fc.assert(
    fc.asyncProperty(changed, async ({ headers, json }) => {
      const { status, text, due } = await trySend(JSON.stringify(json), headers)
      expect(status).toBe(202)
      const { accepted } = v.parse(ImagesPushed, JSON.parse(text))
      expect(due.length).toBeLessThanOrEqual(accepted)
    }),
    runs(300),
  )
})

test('any JSON under the headers of any registry is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fixture, oddJson, async ({ headers }, json) => {
      const { status } = await trySend(JSON.stringify(json) ?? 'null', headers)
      expect(status).toBe(202)
    }),
    runs(100),
  )
})

test('any text is answered, also half of an event', async () => {
  const cut = fc
    .tuple(fixture, fc.nat())
    .map(([{ headers, body }, at]) => ({ headers, body: body.slice(0, at % body.length) }))
  const odd = fc.record({ headers: fc.constant({}), body: fc.string({ unit: 'binary' }) })
  await fc.assert(
    fc.asyncProperty(fc.oneof(cut, odd), async ({ headers, body }) => {
      const { status } = await trySend(body, headers)
      expect([202, 400]).toContain(status)
    }),
    runs(100),
  )
})
