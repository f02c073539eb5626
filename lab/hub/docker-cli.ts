import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { projectRoot } from '../project-root.ts'

export type Env = Readonly<Record<string, string>>

/** Runs the docker CLI and returns its output. Rejects with its error output. */
export type Docker = (
  args: readonly string[],
  more?: { input?: string; env?: Env },
) => Promise<string>

/** Makes a docker CLI with these variables set, such as DOCKER_HOST. */
export const dockerCli =
  (engineEnv: Env): Docker =>
  (args, { input = '', env = {} } = {}) =>
    run(['docker', ...args], { ...engineEnv, ...env }, input)

/** Runs a program in the project's root and returns its output. Rejects with its error output. */
export const run = async (
  [program = '', ...args]: readonly string[],
  env: Env = {},
  input = '',
): Promise<string> => {
  const child = spawn(program, args, { cwd: projectRoot, env: { ...process.env, ...env } })
  // A program that ends early does not read all its input. Its status says more than that error.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [status, stdout, stderr] = await Promise.all([
    closed,
    text(child.stdout),
    text(child.stderr),
  ])
  if (status === 0) return stdout.trim()
  throw new Error(`${program} ${args.slice(0, 3).join(' ')}: ${stderr.trim() || stdout.trim()}`)
}
