import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../lab/project-root.ts'

const urlOf = (room: string): string => `${pathToFileURL(join(projectRoot, room))}/`

const OURS = ['src', 'handlers'].map(urlOf)
/** Stands in for a Docker Engine in the benches, so its work is not ours. */
const EMBEDDED = urlOf('src/embedded')

/** Counts how often functions of `src/` and `handlers/` are entered while `work` runs, as V8 counts them for coverage. */
export const countEntries = async (work: () => Promise<void>): Promise<number> => {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    await work()
    const { result } = await session.post('Profiler.takePreciseCoverage')
    return result
      .filter(({ url }) => OURS.some((room) => url.startsWith(room)) && !url.startsWith(EMBEDDED))
      .flatMap(({ functions }) => functions)
      .reduce((sum, { ranges: [whole] }) => sum + (whole?.count ?? 0), 0)
  } finally {
    session.disconnect()
  }
}
