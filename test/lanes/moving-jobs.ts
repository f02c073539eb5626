import { oldPythons } from '../../lab/hub/old-pythons.ts'
import type { AllJobs } from './job.ts'
import type { JobsOptions } from './jobs.ts'
import { pythonJob } from './python-job.ts'
import { filesOf } from './test-files.ts'
import { chosen } from './which-tests.ts'

const NAME = 'hub/tests/moving'

/** The tests that compare our class with the spawners that a hub may come from. They run on one JupyterHub. */
export const movingJobs = ({ asked, durations, directory }: JobsOptions): AllJobs => {
  const parts = chosen(filesOf([`${NAME}/test_*.py`]), asked)
  if (parts.length === 0 || (asked.paths.length === 0 && asked.options.length > 0))
    return { jobs: [], leftOut: [] }
  const found = oldPythons()
  if ('reason' in found)
    return { jobs: [], leftOut: [`the tests of other spawners (${NAME}): ${found.reason}`] }
  const options = { name: NAME, python: found.ours.command, within: 'moving' }
  return { jobs: [pythonJob({ ...options, parts, durations, directory })], leftOut: [] }
}
