import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { canRunEngines } from './support/lab/can-run-engines.ts'

// `npm test`: everything that this machine can run. What it can't is said, and in CI is a failure.

const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  success: v.boolean(),
})

type Outcome = { passed: number; failed: number; skipped: number; isGood: boolean }

const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-test-'))
const args = process.argv.slice(2)

const run = (project: string, more: readonly string[]): Outcome => {
  const file = join(directory, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = ['run', '--project', project, ...reporters, ...more, ...args]
  const { status } = spawnSync('vitest', vitest, { stdio: 'inherit' })
  const report = v.parse(Report, JSON.parse(readFileSync(file, 'utf8')))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    isGood: status === 0 && report.success,
  }
}

const outcomes = [run('unit', args.length > 0 ? [] : ['--coverage'])]
const reason = canRunEngines()
if (reason === undefined) outcomes.push(run('real', ['--passWithNoTests']))
rmSync(directory, { recursive: true })

const isMissing = reason !== undefined && process.env['CI'] === 'true'
if (reason !== undefined)
  console.log(`\nLeft out: the tests on real Docker Engines (test/live/real-*): ${reason}`)
if (isMissing) console.log('In CI nothing may be left out.')

const sum = (of: (outcome: Outcome) => number) => outcomes.map(of).reduce((a, b) => a + b, 0)
const isGood = outcomes.every((outcome) => outcome.isGood) && !isMissing
const failed = sum(({ failed }) => failed)
console.log(
  `\n${sum(({ passed }) => passed)} passed, ${isGood ? failed : Math.max(failed, 1)} failed, ${sum(({ skipped }) => skipped)} skipped`,
)
process.exitCode = isGood ? 0 : 1
