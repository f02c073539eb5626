import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { projectRoot } from '../lab/project-root.ts'
import { atMost, type Row } from './row.ts'

const WORKER = 'dist/functions/worker.js'

/** A tenth of what Cloudflare's free plan takes: 3 MB, compressed. */
const MOST_KIB = 300

/** The size of the whole service for the edge, with its pages, as the build makes it. */
export const edgeSize = async (): Promise<Row[]> => {
  const content = readFileSync(join(projectRoot, WORKER))
  const size = gzipSync(content).length
  const from = `${WORKER}, ${Math.round(content.length / 1024)} KiB unpacked`
  return [
    atMost(MOST_KIB, {
      what: 'edge bundle: gzipped',
      seen: size,
      measured: size / 1024,
      unit: 'KiB',
      from,
    }),
  ]
}
