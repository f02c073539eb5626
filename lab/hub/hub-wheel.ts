import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { labCache } from '../engine/engine-lab.ts'
import { projectRoot } from '../project-root.ts'
import { run } from './docker-cli.ts'

/** The files of the wheel, and the command that builds it. */
const SOURCES = [
  'pyproject.toml',
  'README.md',
  'LICENSE',
  'swarmspawner.py',
  'swarmspawner_profiles.py',
  'cassinyspawner.py',
]
const DIRECTORIES = ['swarmspawner_templates', 'swarmspawner_tools']
const PIP = ['/usr/bin/python3', '-m', 'pip', '--disable-pip-version-check', '--quiet', 'wheel']
const OPTIONS = ['--no-deps', '--no-index', '--no-build-isolation']

/**
 * Returns a wheel of hub/, as people install it. It takes 3 s, or no time if the lab's cache has one of the
 * same files.
 */
export const hubWheel = async (): Promise<string> => {
  const directory = join(labCache, `hub-wheel-${await digest()}`)
  if (!existsSync(directory)) await build(directory)
  const [wheel] = await readdir(directory)
  if (wheel === undefined) throw new Error(`${directory} is empty: remove it`)
  return join(directory, wheel)
}

/** The paths of all files of the wheel, in hub/. */
const wheelFiles = async (): Promise<string[]> => {
  const files = [...SOURCES]
  for (const directory of DIRECTORIES)
    for (const name of (await readdir(join(projectRoot, 'hub', directory))).toSorted())
      if (/\.(html|py)$/.test(name)) files.push(join(directory, name))
  return files
}

const digest = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const file of await wheelFiles()) hash.update(await readFile(join(projectRoot, 'hub', file)))
  return hash.digest('hex').slice(0, 12)
}

const build = async (directory: string): Promise<void> => {
  await mkdir(labCache, { recursive: true })
  const work = await mkdtemp(join(labCache, 'hub-wheel.'))
  const [source, wheels] = [join(work, 'hub'), join(work, 'wheels')]
  try {
    // A build leaves files beside its sources, so it works on a copy.
    for (const file of await wheelFiles())
      await cp(join(projectRoot, 'hub', file), join(source, file))
    await run([...PIP, ...OPTIONS, '--wheel-dir', wheels, source], {}).catch((cause) => {
      const needed =
        'apt-get install --no-install-recommends python3-pip python3-setuptools python3-wheel'
      throw new Error(`No wheel of hub/ can be built: ${needed}\n${cause}`, { cause })
    })
    // Another run may have been faster.
    await rename(wheels, directory).catch((error) => {
      if (!existsSync(directory)) throw error
    })
  } finally {
    await rm(work, { recursive: true })
  }
}
