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
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startEngine } from './engine-lab.ts'
import { KNOWN, LAYERS } from './lay-images.ts'

const run = promisify(execFile)

/**
 * Has an Engine import an image, and keeps what the Engine made of it as `<path>.<digest>.image`. The path ends in `-`
 * and a digest of what the image is made of; `recipe` is what else it depends on. Undefined if Engines of this machine
 * keep images in another way, so that each has to import it. Takes up to 10 s, or no time if it is there.
 */
export const keepImage = async (
  path: string,
  recipe: readonly string[],
  importInto: (dockerHost: string) => Promise<unknown>,
): Promise<string | undefined> => {
  const kept = nameOf(path, recipe)
  if (existsSync(kept)) return kept
  const engine = await startEngine({ version: '20.10', swarm: false })
  const making = mkdtempSync(`${kept}.`)
  try {
    await importInto(engine.dockerHost)
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

/** A name that changes with the recipe, and with what this file does. */
const nameOf = (path: string, recipe: readonly string[]): string => {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  const digest = hash.update(recipe.join('\n')).digest('hex').slice(0, 12)
  return `${path}.${digest}.image`
}

/** A day: an Engine of another test run or checkout may have links to what was kept, and never runs for so long. */
const OLD_MS = 24 * 3600_000

/** Removes what was kept of older recipes, which nobody uses any more. */
const removeOlder = (kept: string): void => {
  const directory = dirname(kept)
  // jupyter-6.1-<recipe>.<digest>.image
  const name = basename(kept).replace(/[^-]+$/, '')
  const others = readdirSync(directory)
    .filter((other) => other.startsWith(name) && other.endsWith('.image'))
    .map((other) => join(directory, other))
  for (const other of others)
    if (other !== kept && Date.now() - statSync(other).mtimeMs > OLD_MS)
      rmSync(other, { recursive: true, force: true })
}
