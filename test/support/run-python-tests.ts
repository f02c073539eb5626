import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const tests = join(import.meta.dirname, '../../hub/tests')

const Summary = v.object({
  passed: v.number(),
  failed: v.number(),
  skipped: v.array(v.object({ test: v.string(), reason: v.string() })),
})

/** How many tests of a suite did what, and whether that is all well. */
export type Outcome = { passed: number; failed: number; skipped: number; isGood: boolean }

/** A Python that has JupyterHub: the one named by SWARMSPAWNER_PYTHON, or else Debian's, or the first in PATH. */
export const findPython = (): string | undefined => {
  const named = process.env['SWARMSPAWNER_PYTHON']
  return (named ? [named] : ['/usr/bin/python3', 'python3']).find(
    (python) => spawnSync(python, ['-c', 'import jupyterhub']).status === 0,
  )
}

/** Runs those tests of the hub's class whose paths contain one of `parts`, or all; `directory` takes the summary. */
export const runPythonTests = (
  python: string,
  directory: string,
  parts: readonly string[],
): Outcome => {
  const file = join(directory, 'python.json')
  const { status } = spawnSync(python, [tests, '--json', file, ...parts], { stdio: 'inherit' })
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, isGood: false }
  const { passed, failed, skipped } = v.parse(Summary, JSON.parse(readFileSync(file, 'utf8')))
  for (const { test, reason } of skipped) console.log(`Skipped: ${test}: ${reason}`)
  return { passed, failed, skipped: skipped.length, isGood: status === 0 && failed === 0 }
}
