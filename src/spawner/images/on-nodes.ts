import type { ListedServer } from '../list-servers.ts'
import type { PullReport } from './pull-report.ts'

/** An image that a node has, as far as the Swarm tells. */
export type NodeImage = {
  node: string
  image: string
  /** Whether it is due and a pull job has ended there. */
  is_pulled_ahead: boolean
  /** How many running servers of the hub use it there. */
  servers: number
}

/**
 * Which node has which image, as far as the Swarm tells: by its pull jobs, and by the servers that run. A node may have others,
 * which only its own Engine knows.
 */
export const imagesOnNodes = (
  due: readonly PullReport[],
  servers: readonly ListedServer[],
): NodeImage[] => {
  const found = new Map<string, NodeImage>()
  const entry = (node: string, image: string): NodeImage => {
    const key = JSON.stringify([node, image])
    const known = found.get(key) ?? { node, image, is_pulled_ahead: false, servers: 0 }
    found.set(key, known)
    return known
  }
  for (const { image, nodes } of due)
    for (const { node, state } of nodes)
      if (state === 'there') entry(node, image).is_pulled_ahead = true
  for (const { image, state, task } of servers)
    if (state === 'running' && task?.node) entry(task.node, withoutDigest(image)).servers += 1
  return [...found.values()].sort(byNode)
}

/** People know an image by its tag; the digest of a server may be an older one. */
const withoutDigest = (image: string): string => image.replace(/(:[^/@]*)@.*$/, '$1')

const byNode = (one: NodeImage, other: NodeImage): number =>
  one.node.localeCompare(other.node) || one.image.localeCompare(other.image)
