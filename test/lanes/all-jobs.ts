import { canRunEngines } from '../../lab/engine/can-run-engines.ts'
import { canRunMachines } from '../../lab/engine/can-run-machines.ts'
import { hubPythons } from '../../lab/hub/hub-pythons.ts'
import { findChromium } from '../support/find-chromium.ts'
import type { AllJobs } from './job.ts'
import { fileJob, type JobsOptions, unitJob } from './jobs.ts'
import { movingJobs } from './moving-jobs.ts'
import { pythonJob } from './python-job.ts'
import { partsFor } from './python-parts.ts'
import { filesOf, REAL, SLOW, UNIT } from './test-files.ts'
import { chosen } from './which-tests.ts'

/** Tests that need more than a Docker Engine. */
const NEEDY = [
  {
    pattern: 'test/hub/real-browser-*.test.ts',
    what: 'the tests in a browser',
    whyNot: () =>
      findChromium() === undefined
        ? 'no Chromium (apt-get install --no-install-recommends chromium-headless-shell, or SWARMSPAWNER_CHROMIUM)'
        : undefined,
  },
  {
    pattern: 'test/deploy/real-ipvs.test.ts',
    what: 'the tests on a kernel with IPVS',
    whyNot: canRunMachines,
  },
] as const

const isOf = (pattern: string, file: string): boolean => filesOf([pattern]).includes(file)

/** Every job that was asked for and that this machine can run. */
export const allJobs = (options: JobsOptions): AllJobs => {
  const python = [pythonJobs(options), movingJobs(options)]
  const parts = [unitJobs(options), slowJobs(options), ...python, realJobs(options)]
  return {
    jobs: parts.flatMap(({ jobs }) => jobs),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  }
}

const unitJobs = (options: JobsOptions): AllJobs => {
  const others = new Set(filesOf([...SLOW, ...REAL]))
  const files = chosen(filesOf(UNIT), options.asked).filter((file) => !others.has(file))
  return { jobs: files.length > 0 ? [unitJob(files, options)] : [], leftOut: [] }
}

const slowJobs = (options: JobsOptions): AllJobs => ({
  jobs: chosen(filesOf(SLOW), options.asked).map((file) => fileJob('slow', file, options)),
  leftOut: [],
})

const pythonJobs = ({ asked, durations, directory }: JobsOptions): AllJobs => {
  const parts = chosen(filesOf(['hub/tests/test_*.py']), asked)
  // vitest's options, such as the name of a test, mean nothing to Python's tests.
  if (parts.length === 0 || (asked.paths.length === 0 && asked.options.length > 0))
    return { jobs: [], leftOut: [] }
  const found = hubPythons()
  if ('reason' in found)
    return { jobs: [], leftOut: [`the tests of the hub's class (hub/tests): ${found.reason}`] }
  const partsOf = partsFor(found.pythons.length, parts)
  const jobs = found.pythons.flatMap(({ name, command }, index) => {
    const own = partsOf[index] ?? []
    if (own.length === 0) return []
    return [pythonJob({ name, python: command, parts: own, durations, directory })]
  })
  return { jobs, leftOut: [] }
}

const realJobs = (options: JobsOptions): AllJobs => {
  const files = chosen(filesOf(REAL), options.asked)
  if (files.length === 0) return { jobs: [], leftOut: [] }
  const reason = canRunEngines()
  if (reason !== undefined)
    return {
      jobs: [],
      leftOut: [`the tests on real Docker Engines (real-*.test.ts): ${reason}`],
    }
  const impossible = NEEDY.map(({ pattern, what, whyNot }) => {
    const reason = whyNot()
    const without = reason === undefined ? [] : files.filter((file) => isOf(pattern, file))
    return { without, sentence: `${what} (${pattern}): ${reason}` }
  }).filter(({ without }) => without.length > 0)
  const without = impossible.flatMap((one) => one.without)
  const jobs = files
    .filter((file) => !without.includes(file))
    .map((file) => fileJob('real', file, options))
  return { jobs, leftOut: impossible.map(({ sentence }) => sentence) }
}
