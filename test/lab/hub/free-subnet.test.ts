import { expect, test } from 'vitest'
import { chooseSubnet, freeSubnet } from '../../../lab/hub/free-subnet.ts'

test.each([
  [[], '10.213.0.0/20'],
  [['10.0.0.0/24', '172.17.0.0/16', 'fd00::/64', '<nil>'], '10.213.0.0/20'],
  [['10.213.0.0/20'], '10.213.16.0/20'],
  [['10.213.15.0/24', '10.213.16.0/28'], '10.213.32.0/20'],
  [['10.213.0.0/16'], '10.214.0.0/20'],
])('beside %j a stack gets %s', (taken, subnet) => {
  expect(chooseSubnet(taken)).toBe(subnet)
})

test('where all are taken, it says so', () => {
  expect(() => chooseSubnet(['10.0.0.0/8'])).toThrow('is taken')
})

test('the subnets are asked of the Engine, which may have no network', async () => {
  const answers = (ids: string, subnets: string) => async (args: readonly string[]) =>
    args[1] === 'ls' ? ids : subnets
  expect(await freeSubnet(answers('', ''))).toBe('10.213.0.0/20')
  expect(await freeSubnet(answers('a\nb', '10.213.0.0/20 \n10.213.16.0/24 \n'))).toBe(
    '10.213.32.0/20',
  )
})
