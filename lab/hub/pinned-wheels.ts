import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { labCache } from '../engine/engine-lab.ts'
import { projectRoot } from '../project-root.ts'
import { run } from './docker-cli.ts'

const PINS = join(projectRoot, 'deploy/hub/requirements.txt')
const PIP = ['/usr/bin/python3', '-m', 'pip', '--disable-pip-version-check', '--quiet', 'download']

/**
 * Returns a directory with the wheels of deploy/hub/requirements.txt, for builds without a network. It asks PyPI
 * unless the lab's cache has them.
 */
export const pinnedWheels = async (): Promise<string> => {
  const digest = createHash('sha256')
    .update(await readFile(PINS))
    .digest('hex')
    .slice(0, 12)
  const directory = join(labCache, `hub-pinned-${digest}`)
  if (existsSync(directory)) return directory
  await mkdir(labCache, { recursive: true })
  const work = await mkdtemp(join(labCache, 'hub-pinned.'))
  try {
    const what = ['--only-binary=:all:', '--no-deps', '--require-hashes', '--requirement', PINS]
    await run([...PIP, ...what, '--dest', join(work, 'wheels')], {})
    // Another run may have been faster.
    await rename(join(work, 'wheels'), directory).catch((error) => {
      if (!existsSync(directory)) throw error
    })
    return directory
  } finally {
    await rm(work, { recursive: true })
  }
}
