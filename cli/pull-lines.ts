import type { NodePull, PullReport } from '../src/spawner/images/pull-report.ts'

/** One line for each node whose state has changed since the former look. The first look tells nothing: a table follows. */
export const pullLines = (former: readonly PullReport[], now: readonly PullReport[]): string[] =>
  former.length === 0 ? [] : now.flatMap((report) => changesOf(report, former))

const changesOf = ({ job, image, nodes }: PullReport, former: readonly PullReport[]): string[] => {
  const before = former.find((one) => one.job === job)?.nodes ?? []
  const isNew = (node: NodePull) =>
    !before.some(({ node_id, state }) => node_id === node.node_id && state === node.state)
  return nodes.filter(isNew).map((node) => `${node.node}: ${image}: ${wordsOf(node)}`)
}

const wordsOf = ({ state, reason }: NodePull): string => (reason ? `${state} (${reason})` : state)

/** A row for each node: the image, the node, its state, and why. */
export const nodeRows = ({ image, nodes }: PullReport): string[][] =>
  nodes.map(({ node, state, reason }) => [image, node, state, reason ?? ''])
