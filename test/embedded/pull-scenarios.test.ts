import { describe, expect, test } from 'vitest'
import { readFixture } from '../../fixtures/fixture.ts'
import { SCENARIO_LABEL } from '../../src/embedded/choose-scenario.ts'
import { PULLS_29_7 } from '../../src/embedded/pull-scenarios.ts'
import { specOf, startEngine } from './start-engine.ts'

const statusesOf = async (
  image: string,
  times: readonly number[],
  imageStore: 'containerd' | 'overlay2' = 'containerd',
  scenario?: string,
) => {
  const { create, pass, tasksOf } = startEngine({ as: '29.7', imageStore })
  await create({
    ...specOf('web', image),
    ...(scenario && { Labels: { [SCENARIO_LABEL]: scenario } }),
  })
  const seen = []
  let passed = 0
  for (const ms of times) {
    pass(ms - passed)
    passed = ms
    const [task] = await tasksOf('web')
    seen.push([task?.Status.State, task?.DesiredState, task?.Status.Err])
  }
  return seen
}

const FOR_EVER = 365 * 86_400_000
const LOOKUP = 'on 127.0.0.1:53: read udp 127.0.0.1:52660->127.0.0.1:53: read: connection refused'

/** Each row of what was found by running it: image, when it is told, the state from then on, and the words by image store. */
const ROWS: readonly [
  image: string,
  toldAfterMs: Readonly<Record<'containerd' | 'overlay2', number>>,
  state: 'preparing' | 'rejected',
  words: Readonly<Record<'containerd' | 'overlay2', string>>,
][] = [
  [
    'nowhere.example/registry-unknown:1',
    { containerd: 357, overlay2: 357 },
    'preparing',
    {
      containerd: `failed to resolve reference "nowhere.example/registry-unknown:1": failed to do request: Head "https://nowhere.example/v2/registry-unknown/manifests/1": dial tcp: lookup nowhere.example ${LOOKUP}`,
      overlay2: `Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example ${LOOKUP}`,
    },
  ],
  [
    'lab/hub-unreachable:1',
    { containerd: 357, overlay2: 357 },
    'preparing',
    {
      containerd: `failed to resolve reference "docker.io/lab/hub-unreachable:1": failed to do request: Head "https://registry-1.docker.io/v2/lab/hub-unreachable/manifests/1": dial tcp: lookup registry-1.docker.io ${LOOKUP}`,
      overlay2: `Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io ${LOOKUP}`,
    },
  ],
  [
    '127.0.0.1:5003/registry-silent:1',
    { containerd: 40_000, overlay2: 25_000 },
    'preparing',
    {
      containerd:
        'failed to resolve reference "127.0.0.1:5003/registry-silent:1": failed to do request: Head "http://127.0.0.1:5003/v2/registry-silent/manifests/1": net/http: timeout awaiting response headers',
      overlay2: 'Get "http://127.0.0.1:5003/v2/": context deadline exceeded',
    },
  ],
  [
    '127.0.0.1:5999/registry-refused:1',
    { containerd: 400, overlay2: 400 },
    'rejected',
    {
      containerd:
        'failed to resolve reference "127.0.0.1:5999/registry-refused:1": failed to do request: Head "https://127.0.0.1:5999/v2/registry-refused/manifests/1": dial tcp 127.0.0.1:5999: connect: connection refused',
      overlay2:
        'Get "http://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused',
    },
  ],
  [
    '127.0.0.1:5000/lab/image-missing:1',
    { containerd: 400, overlay2: 400 },
    'rejected',
    {
      containerd:
        'failed to resolve reference "127.0.0.1:5000/lab/image-missing:1": 127.0.0.1:5000/lab/image-missing:1: not found',
      overlay2:
        'manifest for 127.0.0.1:5000/lab/image-missing:1 not found: manifest unknown: manifest unknown',
    },
  ],
  [
    '127.0.0.1:5001/lab/registry-denied:1',
    { containerd: 271, overlay2: 271 },
    'rejected',
    {
      containerd:
        'failed to resolve reference "127.0.0.1:5001/lab/registry-denied:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
      overlay2:
        'Head "http://127.0.0.1:5001/v2/lab/registry-denied/manifests/1": no basic auth credentials',
    },
  ],
]

describe.each(['containerd', 'overlay2'] as const)('as 29.7 with the store of %s', (store) => {
  test.each(ROWS)(
    `with the store of ${store}, a pull fails as recorded: %s`,
    async (image, toldAfterMs, state, words) => {
      const told = toldAfterMs[store]
      const desired = state === 'rejected' ? 'shutdown' : 'running'
      expect(await statusesOf(image, [told - 1, told, FOR_EVER], store)).toEqual([
        ['preparing', 'running', undefined],
        [state, 'running', words[store]],
        [state, desired, words[store]],
      ])
    },
  )

  test('a task that is removed while its pull fails keeps the words', async () => {
    const { create, pass, tasksOf, call } = startEngine({ as: '29.7', imageStore: store })
    const id = await create(specOf('web', 'lab/hub-unreachable:1'))
    pass(1000)
    await call(`/services/${id}`, { method: 'DELETE' })
    const [task] = await tasksOf('web')
    expect([task?.DesiredState, task?.Status.State]).toEqual(['remove', 'preparing'])
    expect(task?.Status.Err).toContain('dial tcp: lookup')
  })
})

test('a registry that is no registry was seen with the store of containerd only', async () => {
  const [[state, , words] = []] = await statusesOf('127.0.0.1:5004/registry-odd:1', [400])
  expect(state).toBe('rejected')
  expect(words).toMatch(/: tls: first record does not look like a TLS handshake$/)
  expect(PULLS_29_7.overlay2).not.toHaveProperty('registry-odd')
})

test.each([
  ['hub-unreachable', 'task-list.preparing-registry-unreachable', 'lab/missing:1'],
  ['registry-refused', 'task-list.rejected', '127.0.0.1:5999/lab/missing:1'],
  ['registry-denied', 'task-list.rejected-no-auth', '127.0.0.1:5000/team/notebook:1'],
])('the scenario %s says of the recorded image what %s says', async (scenario, name, image) => {
  const recorded = JSON.stringify(readFixture('29.7', name).response.json)
  const [[, , words] = []] = await statusesOf(image, [1000], 'containerd', scenario)
  expect(recorded).toContain(`"Err":${JSON.stringify(words)}`)
})

test('as 28.5 all pulls that fail are rejected without a cause', async () => {
  for (const name of Object.keys(PULLS_29_7.overlay2)) {
    const { create, pass, tasksOf } = startEngine()
    await create(specOf('web', `lab/${name}:1`))
    pass(25_000)
    const [task] = await tasksOf('web')
    expect(task?.Status).toMatchObject({ State: 'rejected', Err: `No such image: lab/${name}:1` })
  }
})
