import { addressBlock } from '../../src/docker/usable-addresses.ts'
import type { Docker } from './docker-cli.ts'

/** A subnet for about 4,000 servers that no network of an Engine has; two stacks of one swarm can't share theirs. */
export const freeSubnet = async (docker: Docker): Promise<string> => {
  const ids = (await docker(['network', 'ls', '--quiet'])).split(/\s+/).filter(Boolean)
  const format = '{{range .IPAM.Config}}{{.Subnet}} {{end}}'
  const taken =
    ids.length > 0 ? await docker(['network', 'inspect', '--format', format, ...ids]) : ''
  return chooseSubnet(taken.split(/\s+/).filter(Boolean))
}

/** The first /20 from 10.213.0.0 on that overlaps none of these. */
export const chooseSubnet = (taken: readonly string[]): string => {
  const blocks = taken.flatMap((subnet) => addressBlock(subnet) ?? [])
  const candidates = Array.from({ length: 43 * 16 }, (_, index) => {
    const [second, third] = [213 + Math.floor(index / 16), (index % 16) * 16]
    return `10.${second}.${third}.0/20`
  })
  const free = candidates.find((candidate) => {
    const own = addressBlock(candidate)
    return own && !blocks.some(({ first, last }) => own.first <= last && first <= own.last)
  })
  if (free === undefined) throw new Error('Every /20 from 10.213.0.0 on is taken')
  return free
}
