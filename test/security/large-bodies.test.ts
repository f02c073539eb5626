import { expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createTestService, refused, send } from '../support/test-hub.ts'

/** Bodies within the limit that made answers, logs and waits of many times their size. */

const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const labels = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, value]))

test.each<[string, object, string]>([
  [
    '8,000 labels of the wrong type',
    { config: { service_image: 'x', labels: labels(8000, 1) } },
    'and 7980 more',
  ],
  ['200,000 words of the wrong type', { args: many(200_000, 1) }, 'more than 20000 values'],
  [
    '19,000 secrets that are none',
    { config: { container_spec: { secrets: many(9000, {}) } } },
    'more',
  ],
  ['a long name of a setting', { config: { ['x'.repeat(500_000)]: 1 } }, 'is not known'],
  ['a long name of a label', { config: { labels: { ['x'.repeat(500_000)]: 1 } } }, 'must be'],
  [
    'a long name in user options',
    { config: { use_user_options: true }, user_options: { ['x'.repeat(500_000)]: 1 } },
    'user_options',
  ],
  [
    '9,000 forbidden variables',
    {
      config: { use_user_options: true, service_image: 'x' },
      user_options: {
        container_spec: {
          env: Object.fromEntries(many(9000, 0).map((_, i) => [`JUPYTERHUB_${i}`, 'x'])),
        },
      },
    },
    'at most 65536 bytes',
  ],
  [
    '8,000 forbidden labels',
    {
      config: {
        service_image: 'x',
        labels: Object.fromEntries(many(8000, 0).map((_, i) => [`traefik.${i}`, 'x'])),
      },
    },
    'and 7980 more',
  ],
])(
  'the refusal of a large body is short, and so is its line of the log: %s',
  async (_, data, words) => {
    const service = createTestService(createSpawner(createEmbeddedEngine().transport))
    const answer = await send(service, 'start', { server: { username: 'mallory' }, ...data })
    const text = await answer.text()
    expect(answer.status).toBe(422)
    expect(text).toContain(words)
    expect(text.length).toBeLessThan(32_000)
    expect(JSON.stringify(service.logged).length).toBeLessThan(20_000)
  },
)

test('no line break, terminal sequence or change of direction of a caller is in an answer or a log', async () => {
  const service = createTestService(createSpawner(createEmbeddedEngine().transport))
  const forged = 'a\nb\u001b[31m\u202e\u2028'
  const data = {
    server: { username: 'mallory' },
    config: { use_user_options: true },
    user_options: { [forged]: 1 },
  }
  const { detail, issues } = await refused(service, 'start', data)
  for (const text of [detail, issues[0]?.path, service.logged[0]?.['detail']])
    expect(text).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]+$/u)
})
