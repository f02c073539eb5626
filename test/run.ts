import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildService } from '../lab/build-service.ts'
import { asksForHelp } from '../lab/script-options.ts'
import { allJobs } from './lanes/all-jobs.ts'
import { checkFaults } from './lanes/check-faults.ts'
import { keepDurations, readDurations } from './lanes/durations.ts'
import type { Job, JobResult } from './lanes/job.ts'
import { reportFile, UNIT_SUITE } from './lanes/jobs.ts'
import { inWords, lanesOf } from './lanes/plan.ts'
import { prepareLab } from './lanes/prepare-lab.ts'
import { runAgainAlone } from './lanes/run-again.ts'
import { runJob } from './lanes/run-job.ts'
import { runLanes } from './lanes/run-lanes.ts'
import { secondsTable, summary } from './lanes/table.ts'
import { durationsIn, readReport } from './lanes/vitest-report.ts'
import { askedFor } from './lanes/which-tests.ts'

// `npm test`: everything that this machine can run. What it can't is said, and in CI is a failure.
// The unit suite comes first; then each file of tests on real Engines in a process of its own, several at once.

/** Writes lanes/durations.json anew after a whole run without failures. */
const KEEP = '--keep-seconds'

const USAGE = `npm test -- [files] [options of vitest]

Runs all tests, or those in files whose paths have one of these words.

  -t WORDS         only tests whose names have these words
  ${KEEP}   writes test/lanes/durations.json anew
  --help           this text`

if (asksForHelp(process.argv.slice(2))) {
  console.log(USAGE)
  process.exit()
}
buildService()

const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-test-'))
const faultRows = join(directory, 'fault-rows.jsonl')
process.env['SWARMSPAWNER_FAULT_ROWS'] = faultRows
if (process.stdout.isTTY) process.env['FORCE_COLOR'] ??= '1'

const args = process.argv.slice(2)
const asked = askedFor(args.filter((arg) => arg !== KEEP))
const isWhole = asked.paths.length + asked.options.length === 0
const { jobs, leftOut } = allJobs({ asked, durations: readDurations(), directory })
const lanes = lanesOf({ cores: availableParallelism(), memoryBytes: process.availableMemory() })

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    console.log('\nStopping.')
    stopping.abort()
  })

const needsLab = jobs.some((job) => job.needsLab)
const prepared = needsLab ? prepareLab(stopping.signal) : Promise.resolve()

const show = (result: JobResult, waiting: readonly Job[]): void => {
  const { name, passed, failed, skipped, seconds, output, notes } = result
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
  console.log(`\n── ${name}: ${counts}, ${Math.round(seconds)} s`)
  // Where a report is, says nothing once it has been read.
  const said = output.replaceAll(/^JSON report written to .*$/gm, '').trim()
  console.log([said, ...notes].join('\n'))
  if (name === UNIT_SUITE && waiting.length > 0) console.log(`\n${inWords(waiting, lanes)}`)
}

const { signal } = stopping
const first = await runLanes(jobs, { lanes, signal, lab: prepared, run: runJob, onEnd: show })
const results = await runAgainAlone(first, jobs, {
  signal,
  run: runJob,
  onEnd: (result) => show(result, []),
})
await prepared

const hasAllFaults = isWhole && needsLab && !stopping.signal.aborted
const faults = hasAllFaults ? checkFaults(faultRows) : { isGood: true, notes: [] }
const measured = Object.fromEntries(results.map(({ name, seconds }) => [name, seconds]))
const areGood = results.every((result) => result.isGood) && results.length === jobs.length
if (isWhole && areGood && leftOut.length === 0 && args.includes(KEEP))
  keepDurations({ ...durationsIn(readReport(reportFile(directory, UNIT_SUITE))), ...measured })
rmSync(directory, { recursive: true })

const failures = results.flatMap((result) => result.failures)
if (failures.length > 0) console.log(`\n── What failed\n\n${failures.join('\n\n')}`)
console.log(`\n${secondsTable(results)}`)
for (const { name, isGood } of first)
  if (!isGood && results.some((result) => result.name === name && result.isGood))
    console.log(`\n${name} failed beside others, and passed alone: its first output says what.`)
for (const note of faults.notes) console.log(`\n${note}`)
for (const what of leftOut) console.log(`\nLeft out: ${what}`)
const isMissing = leftOut.length > 0 && process.env['CI'] === 'true'
if (isMissing) console.log('In CI nothing may be left out.')
const hasPassed = results.some(({ passed }) => passed > 0)
if (!hasPassed) console.log('\nNo test has run.')
const isGood = areGood && faults.isGood && !isMissing && hasPassed
console.log(`\n${summary(results, isGood)}`)
process.exitCode = isGood ? 0 : 1
