import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { labCache } from '../../lab/engine/engine-lab.ts'
import { run } from '../../lab/hub/docker-cli.ts'

const REQUIREMENTS = join(import.meta.dirname, 'peers.txt')
const PIP = ['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
/**
 * Installs only what peers.txt lists, with its hashes. The hub's Python differs from ours, so nothing is
 * compiled.
 */
const AS_LISTED = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--no-compile']

/**
 * Returns a folder with the peers of peers.txt, for a hub's sys.path. It comes from PyPI and stays in the lab's
 * cache.
 */
export const fetchPeers = async (): Promise<string> => {
  const listed = readFileSync(REQUIREMENTS)
  const folder = join(
    labCache,
    `peers-${createHash('sha256').update(listed).digest('hex').slice(0, 12)}`,
  )
  if (existsSync(folder)) return folder
  mkdirSync(labCache, { recursive: true })
  const unfinished = mkdtempSync(`${folder}.`)
  try {
    await run([...PIP, ...AS_LISTED, '--target', unfinished, '--requirement', REQUIREMENTS])
    renameSync(unfinished, folder)
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true })
    const advice = 'bench:hub needs python3 with pip (apt-get install python3-pip), and PyPI'
    throw new Error(`The peers of bench/hub/peers.txt could not be fetched: ${advice}`, { cause })
  }
  return folder
}

/** The versions of the peers, by name on PyPI. */
export const peerVersions = (): Map<string, string> => {
  const lines = readFileSync(REQUIREMENTS, 'utf8').matchAll(/^([\w-]+)==([\w.]+) /gm)
  return new Map([...lines].map(([, name = '', version = '']) => [name, version]))
}
