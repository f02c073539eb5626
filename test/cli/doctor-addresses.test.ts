import { expect, test } from 'vitest'
import { checkAddresses } from '../../cli/doctor-addresses.ts'
import { EMBEDDED_VERSIONS, type EmbeddedVersion } from '../../src/embedded/recordings.ts'
import { specOf, startEngine } from '../embedded/start-engine.ts'
import { collect } from '../support/collect.ts'

/** What doctor says of a network of 13 addresses that has so many servers, and one node. */
const checked = async (as: EmbeddedVersion, servers: number, Driver = 'overlay') => {
  const { docker, call, create, pass } = startEngine({ as })
  const IPAM = { Config: [{ Subnet: '10.77.0.0/28' }] }
  await call('/networks/create', { method: 'POST', body: { Name: 'small', Driver, IPAM } })
  for (let number = 0; number < servers; number++) {
    const spec = specOf(`server-${number}`, 'lab/notebook:1', { Networks: [{ Target: 'small' }] })
    await create({ ...spec, EndpointSpec: { Mode: 'dnsrr' } })
  }
  pass(1000)
  return collect(checkAddresses(docker, 'small'))
}

test.each(EMBEDDED_VERSIONS)('the addresses in use are counted on Engine %s', async (as) => {
  expect(await checked(as, 3)).toEqual([
    { name: 'addresses of small', level: 'ok', message: '4 of 13 in use (10.77.0.0/28)' },
  ])
})

test.each(EMBEDDED_VERSIONS)('few that are left are warned of on Engine %s', async (as) => {
  expect(await checked(as, 11)).toMatchObject([
    {
      level: 'warn',
      message: '12 of 13 in use (10.77.0.0/28)',
      advice: expect.stringContaining('--subnet'),
    },
  ])
})

test.each(EMBEDDED_VERSIONS)('none that is left is a failure on Engine %s', async (as) => {
  expect(await checked(as, 14)).toMatchObject([
    {
      level: 'fail',
      message: '13 of 13 in use (10.77.0.0/28): no further server can start',
      advice: expect.stringContaining('docker network create'),
    },
  ])
})

test('a network of one node is not counted', async () => {
  expect(await checked('28.5', 0, 'bridge')).toEqual([])
})
