import { expect, test } from 'vitest'
import { addressHolders } from '../../src/docker/address-holders.ts'
import { connectDocker } from '../../src/docker/docker.ts'

type Answers = Record<string, (filters: Record<string, string[]>) => unknown>

/** An Engine that answers lists by their paths, and what was asked. */
const engineOf = (answers: Answers) => {
  const asked: string[] = []
  const docker = connectDocker(async ({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://engine')
    const list = pathname.replace(/^\/v[\d.]+/, '')
    if (list !== '/_ping') asked.push(`${list} ${searchParams.get('filters') ?? ''}`.trim())
    const answer = answers[list]?.(JSON.parse(searchParams.get('filters') ?? '{}'))
    return {
      status: 200,
      header: (name) => (name === 'api-version' ? '1.47' : undefined),
      body: (async function* () {
        yield Buffer.from(JSON.stringify(answer ?? []))
      })(),
    }
  })
  return { docker, asked }
}

const task = (State: string, more: object = {}, networks = ['net']) => ({
  UpdatedAt: '2026-11-28T10:00:00Z',
  NodeID: 'node-1',
  DesiredState: 'running',
  Spec: { ContainerSpec: {} },
  Status: { State },
  NetworksAttachments: networks.map((ID) => ({ Network: { ID }, Addresses: [`${ID}-address`] })),
  ...more,
})

const countOf = async (tasks: object[], services: object[] = []) => {
  const { docker } = engineOf({ '/tasks': () => tasks, '/services': () => services })
  return (await addressHolders(docker)).get('net')
}

test('tasks that go on have an address, and each node that has one of them', async () => {
  const tasks = [task('running'), task('preparing'), task('running', { NodeID: 'node-2' })]
  expect(await countOf(tasks)).toEqual({ count: 5, leaving: [] })
})

test('a task that waits for a node has an address, and no node has one for it', async () => {
  expect(await countOf([task('pending', { NodeID: '' })])).toMatchObject({ count: 1 })
})

test.each(['failed', 'complete', 'rejected', 'shutdown', 'orphaned'])(
  'a task that is %s has given its address back, whatever it still says',
  async (state) => {
    expect(await countOf([task(state, { DesiredState: 'shutdown' })])).toBeUndefined()
  },
)

test('a task that has no address yet is not counted', async () => {
  expect(await countOf([task('new', { NodeID: '', NetworksAttachments: null })])).toBeUndefined()
})

test('virtual IPs are counted; a service that waits for its own has none', async () => {
  const service = (Addr?: string) => ({ Endpoint: { VirtualIPs: [{ NetworkID: 'net', Addr }] } })
  const services = [service('10.0.1.2/24'), service(''), service(), { Endpoint: {} }, {}]
  expect(await countOf([], services)).toEqual({ count: 1, leaving: [] })
})

test('who is on the way out is told with the time that the container has', async () => {
  const leaving = { DesiredState: 'remove', UpdatedAt: '2026-11-28T10:00:05.5Z' }
  const patient = { Spec: { ContainerSpec: { StopGracePeriod: 60e9 } } }
  const tasks = [task('running', leaving), task('running', { ...leaving, ...patient })]
  const since = Date.parse('2026-11-28T10:00:05.5Z')
  expect((await countOf(tasks))?.leaving).toEqual([
    { since, graceMs: 10_000 },
    { since, graceMs: 60_000 },
  ])
})

test('containers that are attached by hand are asked for, and other networks are apart', async () => {
  const tasks = [task('running', { Spec: {} }, ['net', 'other'])]
  const { docker, asked } = engineOf({ '/tasks': () => tasks })
  const holders = await addressHolders(docker)
  expect([...holders.keys()]).toEqual(['net', 'other'])
  expect(asked).toContain('/tasks {"runtime":["container","attachment"]}')
})

test('a list that is too large for one answer is read in parts', async () => {
  const all = [...'0123456789abcdefghijklmnopqrstuvwxyz'].map((letter) => ({
    ...task('running'),
    ID: letter.repeat(25),
    Spec: { ContainerSpec: { Env: ['x'.repeat(1024 * 1024)] } },
  }))
  const { docker, asked } = engineOf({
    '/tasks': ({ id }) => all.filter(({ ID }) => !id || id.some((prefix) => ID.startsWith(prefix))),
  })
  expect((await addressHolders(docker)).get('net')).toMatchObject({ count: 37 })
  expect(asked.filter((path) => path.startsWith('/tasks')).length).toBeGreaterThan(2)
})
