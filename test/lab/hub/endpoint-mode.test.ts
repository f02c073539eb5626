import { expect, test } from 'vitest'
import { chooseEndpointMode, hasIpvs } from '../../../lab/hub/endpoint-mode.ts'

const here = (hasIpvs: boolean, env: Record<string, string> = {}) =>
  chooseEndpointMode(env, true, () => hasIpvs)

test('a stack has virtual IPs where this kernel has IPVS, without a word', () => {
  expect(here(true)).toEqual({ mode: 'vip' })
})

test('a stack goes without virtual IPs where this kernel has no IPVS, and says so', () => {
  const sentence = expect.stringMatching(/No IPVS in this kernel: .*ENDPOINT_MODE=dnsrr/)
  expect(here(false)).toEqual({ mode: 'dnsrr', sentence })
})

test('another machine is expected to have IPVS, and this kernel is not asked', () => {
  const asked = () => {
    throw new Error('asked')
  }
  expect(chooseEndpointMode({}, false, asked)).toEqual({ mode: 'vip' })
})

test('the environment decides on virtual IPs if it says something', () => {
  expect(here(true, { ENDPOINT_MODE: 'dnsrr' })).toEqual({ mode: 'dnsrr' })
  expect(here(false, { ENDPOINT_MODE: 'vip' })).toEqual({ mode: 'vip' })
  expect(here(true, { ENDPOINT_MODE: '' })).toEqual({ mode: 'vip' })
  expect(() => here(true, { ENDPOINT_MODE: 'ipvs' })).toThrow(
    'ENDPOINT_MODE: ipvs is neither vip nor dnsrr',
  )
})

test('a kernel has IPVS where it is loaded, or can be', () => {
  const [none, some] = ['/nonexistent/ip_vs', '/proc/self/stat']
  expect(hasIpvs(some, 'false')).toBe(true)
  expect(hasIpvs(none, 'true')).toBe(true)
  expect(hasIpvs(none, 'false')).toBe(false)
  expect(hasIpvs(none, '/nonexistent/modprobe')).toBe(false)
})
