import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { projectRoot } from '../project-root.ts'

export type Env = Readonly<Record<string, string>>

/** Runs the docker CLI, and answers what it prints; rejects with what it complains about. */
export type Docker = (
  args: readonly string[],
  more?: { input?: string; env?: Env },
) => Promise<string>

/** The docker CLI with some variables set, DOCKER_HOST for one. */
export const dockerCli =
  (engineEnv: Env): Docker =>
  (args, { input = '', env = {} } = {}) =>
    run(['docker', ...args], { ...engineEnv, ...env }, input)

/** Runs a program in the project's root, and answers what it prints; rejects with what it complains about. */
export const run = async (
  [program = '', ...args]: readonly string[],
  env: Env = {},
  input = '',
): Promise<string> => {
  const child = spawn(program, args, { cwd: projectRoot, env: { ...process.env, ...env } })
  // A program that ends early doesn't read to the end; its status tells more than that.
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
