import type { Node } from '../../docker/nodes.ts'
import { isOfPlatform, type Platform, platformInWords } from '../../docker/platforms.ts'
import { listed } from './network-words.ts'

/** Says which platforms no node can run: `no node can run linux/arm64`. `whose` tells which nodes were looked at. */
export const noneRuns = (platforms: readonly Platform[], whose = ''): string =>
  `no node${whose} can run ${listed(platforms.map(platformInWords), ' or ')}`

/**
 * Why none of the nodes can run an image that is for these platforms. Undefined if one can, and also where there is no node, or
 * it is not known what the image or a node is for.
 */
export const whyNoneRuns = (
  platforms: readonly Platform[],
  nodes: readonly Node[],
): string | undefined => {
  const canRun = ({ Description: { Platform: own } }: Node): boolean =>
    own === undefined || isOfPlatform(own, platforms)
  return nodes.length === 0 || nodes.some(canRun) ? undefined : noneRuns(platforms)
}
