import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Result = { code: number | null; out: string; err: string }

const program = join(import.meta.dirname, '../../dist/cli.js')

/** Runs the built program to its end, with this environment and PATH. */
export const runCommand = (args: readonly string[], env: Record<string, string>): Promise<Result> =>
  run(process.execPath, [program, ...args], env)

/** Runs the built program in a shell, with this after it, such as `| true`. */
export const runShell = (
  args: readonly string[],
  after: string,
  env: Record<string, string>,
): Promise<Result> =>
  run('sh', ['-c', `"$0" "$@" ${after}`, process.execPath, program, ...args], env)

const run = (
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env } })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
