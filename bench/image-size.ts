import { startBuildEngine } from '../lab/engine/build-engine.ts'
import { atMost, type Row } from './row.ts'

const MEGABYTE = 1e6
const TAG = 'bench/service'

/** The size of the service's image, as its Dockerfile builds it. */
export const imageSize = async (): Promise<Row[]> => {
  const builder = await startBuildEngine()
  try {
    const seconds = await builder.build(TAG, 'deploy/service/Dockerfile')
    const megabytes = (await builder.size(TAG)) / MEGABYTE
    const what = 'image of the service, Node.js included'
    const from = `docker build took ${Math.round(seconds)} s; on bases of Debian packages`
    return [atMost(200, { what, measured: megabytes, seen: megabytes, unit: 'MB', from })]
  } finally {
    await builder.stop()
  }
}
