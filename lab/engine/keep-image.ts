import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startEngine } from './engine-lab.ts'
import { KNOWN, LAYERS } from './lay-images.ts'

const run = promisify(execFile)

/**
 * Has an Engine import a root file system, and keeps beside the tar file what the Engine made of it. Undefined if
 * Engines of this machine keep images in another way, so that each has to import it. Takes 10 s, or no time if
 * it is there.
 */
export const keepImage = async (
  rootfs: string,
  changes: readonly string[],
): Promise<string | undefined> => {
  const kept = nameOf(rootfs, changes)
  if (existsSync(kept)) return kept
  const engine = await startEngine({ version: '20.10', swarm: false })
  const making = mkdtempSync(`${kept}.`)
  try {
    const options = changes.flatMap((change) => ['--change', change])
    const env = { ...process.env, DOCKER_HOST: engine.dockerHost }
    await run('docker', ['import', ...options, rootfs, 'kept:1'], { env })
    const data = join(engine.namespace.scratch, 'lib/docker')
    if (!existsSync(join(data, KNOWN))) return undefined
    mkdirSync(join(making, dirname(KNOWN)))
    // Owners and links are part of an image.
    for (const part of [KNOWN, LAYERS])
      await run('cp', ['-a', join(data, part), join(making, part)])
    removeOlder(kept)
    // Two test runs may do this at once: the second one finds what the first one has kept.
    if (!existsSync(kept)) renameSync(making, kept)
    return kept
  } finally {
    rmSync(making, { recursive: true, force: true })
    await engine.stop()
  }
}

/** A name that changes with the root file system, with the settings, and with what this file does. */
const nameOf = (rootfs: string, changes: readonly string[]): string => {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  const digest = hash.update(changes.join('\n')).digest('hex').slice(0, 12)
  return `${rootfs.replace(/\.tar$/, '')}.${digest}.image`
}

/** Removes what was kept of older recipes. */
const removeOlder = (kept: string): void => {
  const directory = dirname(kept)
  // jupyter-6.1-<recipe>.<digest>.image
  const name = basename(kept).replace(/[^-]+$/, '')
  for (const other of readdirSync(directory))
    if (other.startsWith(name) && other.endsWith('.image') && other !== basename(kept))
      rmSync(join(directory, other), { recursive: true })
}
