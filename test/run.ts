import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { faultsIn, faultsTable, readRows, withoutTimes } from './faults/faults-table.ts'
import { findChromium } from './support/find-chromium.ts'
import { canRunEngines } from './support/lab/can-run-engines.ts'
import { findPython, type Outcome, runPythonTests } from './support/run-python-tests.ts'

// `npm test`: everything that this machine can run. What it can't is said, and in CI is a failure.

const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  success: v.boolean(),
})

const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-test-'))
const args = process.argv.slice(2)
const faultRows = join(directory, 'fault-rows.jsonl')
process.env['SWARMSPAWNER_FAULT_ROWS'] = faultRows

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

// Paths, as vitest takes them, may name tests of one language only.
const paths = args.filter((arg) => !arg.startsWith('-'))
const outcomes = [run('unit', args.length > 0 ? ['--passWithNoTests'] : ['--coverage'])]
const leftOut: string[] = []

const python = findPython()
if (python === undefined)
  leftOut.push(
    "the tests of the hub's class (hub/tests): no Python with JupyterHub (apt-get install --no-install-recommends jupyterhub, or SWARMSPAWNER_PYTHON)",
  )
else if (args.length === 0 || paths.length > 0)
  outcomes.push(runPythonTests(python, directory, paths))

const reason = canRunEngines()
const hasBrowser = findChromium() !== undefined
const inBrowser = 'test/hub/real-browser-*.test.ts'
if (reason === undefined)
  outcomes.push(run('real', ['--passWithNoTests', ...(hasBrowser ? [] : ['--exclude', inBrowser])]))
else leftOut.push(`the tests on real Docker Engines (real-*.test.ts): ${reason}`)
if (reason === undefined && !hasBrowser)
  leftOut.push(
    `the tests in a browser (${inBrowser}): no Chromium (apt-get install --no-install-recommends chromium, or SWARMSPAWNER_CHROMIUM)`,
  )

// Each answer in docs/faults.md is asserted by its test; here, that it has the same faults as the tests.
const faultsFile = resolve(import.meta.dirname, '../docs/faults.md')
const ranAllFaults = reason === undefined && args.length === 0
const written = existsSync(faultsFile) ? readFileSync(faultsFile, 'utf8') : ''
const seen = faultsTable(readRows(faultRows))
const areFaultsCurrent = !ranAllFaults || faultsIn(written).join() === faultsIn(seen).join()
if (!areFaultsCurrent)
  console.log(
    '\ndocs/faults.md has not the faults of the tests: run npm run faults, and commit it.',
  )
else if (ranAllFaults && withoutTimes(written) !== withoutTimes(seen))
  console.log(
    '\ndocs/faults.md says it in other words than this run; npm run faults writes it anew.',
  )
rmSync(directory, { recursive: true })

for (const what of leftOut) console.log(`\nLeft out: ${what}`)
const isMissing = leftOut.length > 0 && process.env['CI'] === 'true'
if (isMissing) console.log('In CI nothing may be left out.')

const sum = (of: (outcome: Outcome) => number) => outcomes.map(of).reduce((a, b) => a + b, 0)
const [passed, skipped] = [sum(({ passed }) => passed), sum(({ skipped }) => skipped)]
const failed = sum(({ failed }) => failed)
const isGood =
  outcomes.every((outcome) => outcome.isGood) && !isMissing && areFaultsCurrent && passed > 0
console.log(
  `\n${passed} passed, ${isGood ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`,
)
process.exitCode = isGood ? 0 : 1
