import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RealEngine, startEngine } from './engine-lab.ts'
import { scratchRoot } from './scratch-root.ts'

/** What of an Engine's data is its images; the rest belongs to that one Engine. */
const OF_IMAGES = ['image', 'overlay2']
/** A sparse file: how much the virtual machine may write. */
const SIZE = '8G'

/** A file with an ext4 file system, for /var/lib/docker of a virtual machine. */
export type EngineDisk = { file: string; remove(): Promise<void> }

/**
 * Makes a disk with the images that an Engine of this machine was given: an import takes seconds here, and minutes in a
 * virtual machine without hardware's help.
 */
export const makeEngineDisk = async (
  giveImages: (engine: RealEngine) => Promise<void>,
): Promise<EngineDisk> => {
  const directory = await mkdtemp(join(scratchRoot(), 'swarmspawner-disk-'))
  const file = join(directory, 'docker.img')
  const remove = () => rm(directory, { recursive: true, force: true })
  const engine = await startEngine({ version: '20.10', swarm: false })
  try {
    await giveImages(engine)
    // Its files are whole after each import, so that it need not end in order.
    await engine.kill()
    await makeFileSystem(join(engine.namespace.scratch, 'lib/docker'), file)
    return { file, remove }
  } catch (error) {
    await remove()
    throw error
  } finally {
    await engine.stop()
  }
}

const makeFileSystem = (data: string, file: string) => {
  const script = `cd "$1" && for name in *; do case " $3 " in *" $name "*) ;; *) rm -rf "$name" ;; esac; done
    truncate -s "$4" "$2" && mkfs.ext4 -q -O ^has_journal -d . "$2"`
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
  return promisify(execFile)('sh', ['-ec', script, 'sh', data, file, OF_IMAGES.join(' '), SIZE], {
    env,
  })
}
