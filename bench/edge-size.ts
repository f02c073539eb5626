import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { projectRoot } from '../lab/project-root.ts'
import { atMost, type Row } from './row.ts'

const WORKER = 'dist/functions/worker.js'

/** The size of the whole service for the edge, as the build makes it. */
export const edgeSize = async (): Promise<Row[]> => {
  const content = readFileSync(join(projectRoot, WORKER))
  const row = (what: string, limit: number, bytes: number) =>
    atMost(limit, {
      what: `edge bundle: ${what}`,
      seen: bytes,
      measured: bytes / 1024,
      unit: 'KiB',
      from: WORKER,
    })
  return [row('minified', 60, content.length), row('gzipped', 20, gzipSync(content).length)]
}
