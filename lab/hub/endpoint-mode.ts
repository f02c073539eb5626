import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What deploy/stack.yml calls ENDPOINT_MODE: one address for each service over restarts, or that of its container. */
export type EndpointMode = 'vip' | 'dnsrr'

/** A mode, and a sentence on why, where it is not the usual one. */
export type ChosenMode = { mode: EndpointMode; sentence?: string }

const WITHOUT_IPVS =
  'No IPVS in this kernel: hub, proxy and service go without virtual IPs (ENDPOINT_MODE=dnsrr; docs/deploy.md says what that costs)'

/** The mode for services of an Engine on this machine's kernel; of another machine's kernel, IPVS is expected. */
export const chooseEndpointMode = (
  env: Readonly<Record<string, string | undefined>>,
  isThisKernel: boolean,
  isThere: () => boolean = hasIpvs,
): ChosenMode => {
  const wanted = env['ENDPOINT_MODE'] || undefined
  if (wanted === 'vip' || wanted === 'dnsrr') return { mode: wanted }
  if (wanted !== undefined)
    throw new Error(`ENDPOINT_MODE: ${wanted} is neither vip nor dnsrr. Unset it, or say which.`)
  if (!isThisKernel || isThere()) return { mode: 'vip' }
  return { mode: 'dnsrr', sentence: WITHOUT_IPVS }
}

/** Whether this kernel has IPVS, or could load it: an Engine does that as soon as it needs it. */
export const hasIpvs = (table = '/proc/net/ip_vs', modprobe = 'modprobe'): boolean =>
  existsSync(table) ||
  spawnSync(modprobe, ['--dry-run', '--quiet', 'ip_vs'], { stdio: 'ignore' }).status === 0
