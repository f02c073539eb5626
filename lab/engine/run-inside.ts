import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { RealEngine } from './engine-lab.ts'
import { exited } from './exited.ts'

/**
 * Runs a program of the lab in an Engine's namespaces, and returns how to end it once it has printed something. It ends
 * with the Engine at the latest.
 */
export async function runInside(
  engine: Pick<RealEngine, 'namespace'>,
  program: string,
  parameters: readonly string[],
): Promise<() => Promise<void>> {
  const [command = '', ...args] = [
    ...engine.namespace.inNamespaces,
    // nsenter stays the parent process, and a signal would only reach nsenter.
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...[process.execPath, program, ...parameters],
  ]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await Promise.race([once(child.stdout, 'data'), exited(child)])
  if (child.exitCode !== null) throw new Error(`${program} has ended with ${child.exitCode}`)
  child.stdout.destroy()
  child.unref()
  return async () => {
    child.kill('SIGKILL')
    await exited(child)
  }
}
