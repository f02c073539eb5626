import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * ENDPOINT_MODE in deploy/stack.yml: with `vip` a service keeps its address when it restarts, with `dnsrr` it
 * has the address of its container.
 */
export type EndpointMode = 'vip' | 'dnsrr'

/** A mode, and if it is not the usual one, the reason in a sentence. */
export type ChosenMode = { mode: EndpointMode; sentence?: string }

const WITHOUT_IPVS =
  'No IPVS in this kernel: hub, proxy and service go without virtual IPs (ENDPOINT_MODE=dnsrr; docs/deploy.md says what that costs)'

/**
 * The mode for services of an Engine with this machine's kernel. For another machine we assume that its kernel
 * has IPVS.
 */
export const chooseEndpointMode = (
  env: Readonly<Record<string, string | undefined>>,
  isThisKernel: boolean,
  isThere: () => boolean = hasIpvs,
): ChosenMode => {
  const wanted = env['ENDPOINT_MODE'] || undefined
  if (wanted === 'vip' || wanted === 'dnsrr') return { mode: wanted }
  if (wanted !== undefined)
    throw new Error(
      `ENDPOINT_MODE: ${wanted} is neither vip nor dnsrr. Set it to one of them, or unset it.`,
    )
  if (!isThisKernel || isThere()) return { mode: 'vip' }
  return { mode: 'dnsrr', sentence: WITHOUT_IPVS }
}

/** Whether this kernel has IPVS or can load it. An Engine loads it when it needs it. */
export const hasIpvs = (table = '/proc/net/ip_vs', modprobe = 'modprobe'): boolean =>
  existsSync(table) ||
  spawnSync(modprobe, ['--dry-run', '--quiet', 'ip_vs'], { stdio: 'ignore' }).status === 0
