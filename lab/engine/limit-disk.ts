import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RealEngine } from './engine-lab.ts'

/**
 * Gives an Engine a disk of its own for the layers of images, of so many bytes. The Engine must have no image yet. It is
 * restarted.
 */
export const limitDisk = async (engine: RealEngine, bytes: number): Promise<void> => {
  await engine.kill()
  const mount = ['mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', '/var/lib/docker/overlay2']
  const [command = '', ...args] = [...engine.namespace.inNamespaces, ...mount]
  await promisify(execFile)(command, args)
  await engine.restart()
}
