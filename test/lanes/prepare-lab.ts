import { join } from 'node:path'
import { projectRoot } from '../../lab/project-root.ts'
import { runProcess } from './run-process.ts'

const program = join(projectRoot, 'lab/engine/prepare.ts')

/** 20 minutes: a slow mirror of Debian needs minutes for 500 MB. */
const LIMIT_MS = 20 * 60_000

/** Fetches and builds what real Engines need. Prints what it made, and what the lab lacks. */
export const prepareLab = async (signal: AbortSignal): Promise<void> => {
  const command = [process.execPath, program, '--service']
  const { output, trouble } = await runProcess({ command, limitMs: LIMIT_MS, signal })
  if (output) console.log(`\n${output.trimEnd()}`)
  if (trouble) console.log(`\nThe lab is not prepared: ${trouble}`)
}
