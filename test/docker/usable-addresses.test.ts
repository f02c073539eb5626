import { expect, test } from 'vitest'
import { type AddressRange, usableAddresses } from '../../src/docker/usable-addresses.ts'

// Counted on Engines 20.10 and 28.5, by starting more tasks than there were addresses.
test.each<[string, AddressRange, number | undefined]>([
  ['a /29', { Subnet: '10.77.0.0/29', Gateway: '10.77.0.1' }, 5],
  ['a /24', { Subnet: '10.0.1.0/24', Gateway: '10.0.1.1' }, 253],
  ['a /20', { Subnet: '10.213.0.0/20', Gateway: '10.213.0.1' }, 4093],
  ['a /30', { Subnet: '10.66.0.0/30', Gateway: '10.66.0.1' }, 1],
  ['a /31', { Subnet: '10.67.0.0/31', Gateway: '10.67.0.0' }, 1],
  ['a /32', { Subnet: '10.67.0.0/32', Gateway: '10.67.0.0' }, 0],
  [
    'an ip-range with the gateway in it',
    { Subnet: '10.63.0.0/24', IPRange: '10.63.0.128/30', Gateway: '10.63.0.128' },
    3,
  ],
  [
    'an ip-range with the gateway elsewhere',
    { Subnet: '10.63.0.0/24', IPRange: '10.63.0.128/30', Gateway: '10.63.0.1' },
    4,
  ],
  [
    'an ip-range with the broadcast in it',
    { Subnet: '10.63.0.0/24', IPRange: '10.63.0.252/30', Gateway: '10.63.0.1' },
    3,
  ],
  ['a subnet that is written by another of its addresses', { Subnet: '10.77.0.3/29' }, 6],
  ['IPv6', { Subnet: 'fd00:65::/125', Gateway: 'fd00:65::1' }, 6],
  ['IPv6 in full', { Subnet: 'fd00:65:0:0:0:0:0:8/125', Gateway: 'fd00:65::9' }, 6],
  ['a large one of IPv6', { Subnet: 'fd00::/64', Gateway: 'fd00::1' }, 2 ** 64],
  ['no subnet', {}, undefined],
  ['an address alone', { Subnet: '10.77.0.0' }, undefined],
  ['a prefix that is too long', { Subnet: '10.77.0.0/33' }, undefined],
  ['numbers that are too large', { Subnet: '10.777.0.0/24' }, undefined],
  ['a name', { Subnet: 'tiny/24' }, undefined],
  ['too many groups', { Subnet: '1:2:3:4:5:6:7:8:9/64' }, undefined],
  ['two gaps', { Subnet: '1::2::3/64' }, undefined],
  ['a long text', { Subnet: `${'1:'.repeat(100_000)}/64` }, undefined],
])('%s', (_, range, usable) => {
  expect(usableAddresses(range)).toBe(usable)
})
