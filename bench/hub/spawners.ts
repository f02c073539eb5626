import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from '../../test/support/lab/engine-lab.ts'

/** Ours and the three others; also the names of the files in config/. */
export type SpawnerName = 'swarmspawner' | PeerName

export type PeerName = keyof typeof PEERS

/** The commits that were looked at: a limit should not move because a peer has. */
const PEERS = {
  dockerspawner: {
    repository: 'https://github.com/jupyterhub/dockerspawner',
    commit: '785a75299f180888e4fe6389ac6bfb3f53d5a944',
    package: 'dockerspawner',
  },
  cassinyspawner: {
    repository: 'https://github.com/cassinyio/SwarmSpawner',
    commit: '3c39134ef7e02e2afc5d18da7d18d2c69421ed08',
    package: 'cassinyspawner',
  },
  ucphhpc: {
    repository: 'https://github.com/ucphhpc/SwarmSpawner',
    commit: '7bd64780147d890abe7b877242e315b0902d4b39',
    package: 'jhub',
  },
} as const

export const PEER_NAMES = ['dockerspawner', 'cassinyspawner', 'ucphhpc'] as const
export const SPAWNER_NAMES = ['swarmspawner', ...PEER_NAMES] as const

/** What the peers import that a hub does not have by itself. */
export const PEER_PACKAGES = ['python3-docker', 'python3-escapism']

/** The lines of jupyterhub_config.py that run a spawner class, under the same conditions as the others. */
export const configOf = (name: SpawnerName): string =>
  ['common', name]
    .map((file) => readFileSync(join(import.meta.dirname, 'config', `${file}.py`), 'utf8'))
    .join('\n')

/** The volume that brings a peer's package into a hub, out of a folder of clones. */
export const sourceVolume = (clones: string, name: PeerName): string =>
  `${join(clones, name, PEERS[name].package)}:/srv/peers/${PEERS[name].package}:ro`

/** Answers a folder with a clone of each peer: the one that is given, or one in the lab's cache. */
export const findClones = async (given?: string): Promise<string> => {
  const clones = given ?? join(labCache, 'peers')
  for (const name of PEER_NAMES) {
    const { repository, commit } = PEERS[name]
    const clone = join(clones, name)
    if (!given && !existsSync(clone)) await git('clone', '--quiet', repository, clone)
    if (!given) await git('-C', clone, 'checkout', '--quiet', commit)
    const found = await git('-C', clone, 'rev-parse', 'HEAD')
    if (found !== commit) throw new Error(`${clone} is at ${found}, and not at ${commit}`)
  }
  return clones
}

const git = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', args)).stdout.trim()
