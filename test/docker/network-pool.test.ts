import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { ENGINE_VERSIONS } from '../../fixtures/fixture.ts'
import { findNetworkPool } from '../../src/docker/network-pool.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()

const network = {
  Id: 'net',
  Name: 'tiny',
  Scope: 'swarm',
  Driver: 'overlay',
  IPAM: { Config: [{ Subnet: '10.77.0.0/29', Gateway: '10.77.0.1' }] },
}
const poolOf = async (answer: object) => {
  engine.use(http.get('*/networks/:id', () => Response.json({ ...network, ...answer })))
  return findNetworkPool(engine.docker('29.7'), { id: 'net' })
}

test.each(ENGINE_VERSIONS)('a network of Engine %s has what Docker gives it', async (version) => {
  engine.replay(version, 'network-inspect.200')
  expect(await findNetworkPool(engine.docker(version), { id: 'jupyterhub' })).toMatchObject({
    name: 'jupyterhub',
    isSetUp: true,
    subnets: [expect.stringMatching(/^10\.0\.\d\.0\/24$/)],
    total: 253,
    free: undefined,
  })
})

test('an unknown network has none', async () => {
  engine.replay('28.5', 'network-inspect.404')
  expect(await findNetworkPool(engine.docker('28.5'), { id: 'nosuch' })).toBeUndefined()
})

test('since API 1.52 a network tells how many addresses are left, of all subnets', async () => {
  const Subnets = {
    '10.77.0.0/29': { IPsInUse: 8, DynamicIPsAvailable: 0 },
    '10.78.0.0/29': { IPsInUse: 6, DynamicIPsAvailable: 2 },
  }
  expect(await poolOf({ Status: { IPAM: { Subnets } } })).toMatchObject({ total: 5, free: 2 })
})

describe('nothing is said of', () => {
  test.each([
    ['a network of one node', { Scope: 'local', Driver: 'bridge' }],
    ['macvlan, whose addresses the nodes give', { Driver: 'macvlan', IPAM: { Config: [] } }],
    ['a subnet that can not be read', { IPAM: { Config: [{ Subnet: 'tiny' }] } }],
  ])('%s', async (_, answer) => {
    expect(await poolOf(answer)).toBeUndefined()
  })
})

test.each([{}, { Status: null }, { Status: { IPAM: { Subnets: {} } } }])(
  'a network that tells nothing is not full: %j',
  async (answer) => {
    expect(await poolOf(answer)).toMatchObject({ total: 5, free: undefined })
  },
)

test('a network that Swarm could not set up has no driver and no subnet', async () => {
  expect(await poolOf({ Driver: '', IPAM: { Driver: '', Config: null } })).toMatchObject({
    isSetUp: false,
    subnets: [],
    total: 0,
  })
})
