import type { Docker } from '../../docker/docker.ts'
import { DockerError } from '../../docker/errors.ts'
import { listFiles } from '../../docker/files.ts'
import { findNetwork, type Network } from '../../docker/networks.ts'
import { keepAnswers } from './keep-answers.ts'
import type { ListFiles } from './name-files.ts'
import { createNetworkNames, type NetworkNames } from './network-names.ts'
import type { AskOwnNetworks } from './own-networks.ts'

/** Looks names up for pages that many people open. An answer may be a minute old. Throws DockerErrors. */
export type KnownNames = {
  network: (target: string) => Promise<Network | undefined>
  files: ListFiles
  /** The names of networks, which asks about those that do not exist no more often either. */
  networkNames: NetworkNames
}

/** 1 min: what is there seldom goes, and a start says so if it does. */
const KEPT_MS = 60_000
/** 5 s: what is missing is about to be made. */
const MISSING_KEPT_MS = 5000
/** Questions in one second. Pages have some, and a call may have thousands of names, each another one. */
const MAX_EACH_SECOND = 100

export const createKnownNames = (
  docker: Docker,
  ownNetworks: AskOwnNetworks,
  now: () => number,
): KnownNames => {
  let [second, asked] = [0, 0]
  const bounded = <T>(ask: () => Promise<T>): Promise<T> => {
    const current = Math.floor(now() / 1000)
    if (current !== second) [second, asked] = [current, 0]
    if (++asked <= MAX_EACH_SECOND) return ask()
    return Promise.reject(new DockerError('unavailable', 'Too many names are looked up'))
  }
  const keep = <T>(
    ask: (key: string) => Promise<T>,
    isThere: (key: string, answer: T) => boolean,
  ) =>
    keepAnswers(
      (key) => bounded(() => ask(key)),
      now,
      MISSING_KEPT_MS,
      (key, answer) => (isThere(key, answer) ? KEPT_MS : MISSING_KEPT_MS),
    )
  const network = keep(
    (id) => findNetwork(docker, { id }),
    (_, found) => found !== undefined,
  )
  const filesOf = (kind: 'secrets' | 'configs') =>
    keep(
      (key) => listFiles(docker, { kind, names: key.split('\n') }),
      (key, found) => {
        const names = new Set(found.map(({ Spec }) => Spec.Name))
        return key.split('\n').every((name) => names.has(name))
      },
    )
  const files = { secrets: filesOf('secrets'), configs: filesOf('configs') }
  return {
    network,
    files: ({ kind, names }) => files[kind](names.toSorted().join('\n')),
    networkNames: createNetworkNames(docker, ownNetworks, network),
  }
}
