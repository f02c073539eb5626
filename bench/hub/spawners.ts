import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { run } from '../../lab/hub/docker-cli.ts'
import { fetchPeers, peerVersions } from './fetch-peers.ts'

/** Ours and the others; also the names of the files in config/. */
export type SpawnerName = 'swarmspawner' | PeerName

export type PeerName = 'dockerspawner' | 'ucphhpc' | 'cassinyspawner'

/** The class that ours comes from. PyPI has only its first version, which today's hubs cannot load. */
const CASSINY_COMMIT = '3c39134ef7e02e2afc5d18da7d18d2c69421ed08'

/** What a run measures: our class and its peers. */
export type Field = {
  peers: readonly PeerName[]
  /** The version of each peer, in words. */
  versions: Readonly<Record<PeerName, string>>
  /** The volumes with the peers' sources for a hub, in the form of a stack file. */
  volumes: readonly string[]
}

/** The lines of jupyterhub_config.py that run a spawner class, under the same conditions as the others. */
export const configOf = (name: SpawnerName): string =>
  ['common', name]
    .map((file) => readFileSync(join(import.meta.dirname, 'config', `${file}.py`), 'utf8'))
    .join('\n')

/** The peers from PyPI, and cassinyspawner if there is a clone of https://github.com/cassinyio/SwarmSpawner. */
export const findPeers = async (cassinyClone?: string): Promise<Field> => {
  const onPyPI = peerVersions()
  const clone = cassinyClone && (await checkedClone(cassinyClone))
  return {
    peers: ['dockerspawner', 'ucphhpc', ...(clone ? (['cassinyspawner'] as const) : [])],
    versions: {
      dockerspawner: `dockerspawner ${onPyPI.get('dockerspawner')}`,
      ucphhpc: `jhub-swarmspawner ${onPyPI.get('jhub-swarmspawner')}`,
      cassinyspawner: `cassinyio/SwarmSpawner ${CASSINY_COMMIT.slice(0, 7)}`,
    },
    volumes: [
      `${await fetchPeers()}:/srv/peers:ro`,
      ...(clone ? [`${clone}/cassinyspawner:/srv/clones/cassinyspawner:ro`] : []),
    ],
  }
}

const checkedClone = async (folder: string): Promise<string> => {
  const clone = resolve(folder)
  const found = await run(['git', '-C', clone, 'rev-parse', 'HEAD'])
  if (found === CASSINY_COMMIT) return clone
  throw new Error(`--cassinyspawner: ${clone} is at ${found}; check out ${CASSINY_COMMIT}`)
}
