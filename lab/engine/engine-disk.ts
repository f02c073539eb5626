import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type RealEngine, startEngine } from './engine-lab.ts'
import type { KeptImage } from './lay-images.ts'

/** The parts of an Engine's data that are its images. The rest belongs to that Engine alone. */
const OF_IMAGES = ['image', 'overlay2']
/** The size of a sparse file: how much the virtual machine may write. */
const SIZE = '8G'

/** The images that a virtual machine has from the start. */
export type DiskImages = {
  kept: readonly KeptImage[]
  /** Gives an Engine of this machine, which has the kept ones, all others. */
  give(engine: RealEngine): Promise<void>
}

/**
 * Makes a file with an ext4 file system, for /var/lib/docker of a virtual machine. It has the images that an
 * Engine of this machine got: an import takes seconds here, and a minute in the virtual machine.
 */
export const makeEngineDisk = async (file: string, { kept, give }: DiskImages): Promise<void> => {
  const engine = await startEngine({ version: '20.10', swarm: false, images: kept })
  try {
    await give(engine)
    // Its files are complete after each import, so the Engine need not end in order.
    await engine.kill()
    await makeFileSystem(join(engine.namespace.scratch, 'lib/docker'), file)
  } finally {
    await engine.stop()
  }
}

/** A link to files of a kept image becomes a mount of them, which goes with its namespace. */
const makeFileSystem = (data: string, file: string) => {
  const script = `cd "$1" && for name in *; do case " $3 " in *" $name "*) ;; *) rm -rf "$name" ;; esac; done
    for link in overlay2/*/diff; do
      if [ -L "$link" ]; then
        files=$(readlink "$link") && rm "$link" && mkdir "$link" && mount --no-mtab --bind "$files" "$link"
      fi
    done
    truncate -s "$4" "$2" && mkfs.ext4 -q -O ^has_journal -d . "$2"`
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
  const args = ['-ec', script, 'sh', data, file, OF_IMAGES.join(' '), SIZE]
  return promisify(execFile)('unshare', ['--mount', 'sh', ...args], { env })
}
