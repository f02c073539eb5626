import { existsSync } from 'node:fs'
import { canRunEngines } from './can-run-engines.ts'
import { canMakeRootfs } from './jupyter-rootfs.ts'

const programs = ['/usr/sbin/mkfs.ext4', '/sbin/mkfs.ext4']

/** Why this machine can't run the lab's virtual machine, in one sentence, or undefined if it can. */
export const canRunMachines = (): string | undefined => {
  const whyNot = canRunEngines()
  if (whyNot !== undefined) return whyNot
  if (process.arch !== 'x64')
    return `Debian has the kernel of the virtual machine for x64 only, and this is ${process.arch}`
  if (!programs.some((program) => existsSync(program)))
    return 'not installed: mkfs.ext4 (apt-get install e2fsprogs)'
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun (modprobe tun)'
  return canMakeRootfs() ? undefined : 'the virtual machine is made on Debian only'
}
