/**
 * `npm run bench`: measures what the spawner adds to a Docker Engine, on a throw-away one that it starts itself
 * (as root on Linux). Every limit is a ratio, a percentile or a count within one run, so that it holds on any
 * machine; exits with 1 where one is missed. `--json` prints the rows as JSON, `--engine 28.5` takes another
 * Engine than the host's own, `--only poll` runs the measures whose file name has that word.
 */
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { createOverlayNetwork } from '../test/support/lab/create-overlay-network.ts'
import { startEngine } from '../test/support/lab/engine-lab.ts'
import { importBusybox } from '../test/support/lab/import-busybox.ts'
import { callTime } from './call-time.ts'
import { coldStart } from './cold-start.ts'
import { edgeSize } from './edge-size.ts'
import { imageSize } from './image-size.ts'
import { memory } from './memory.ts'
import { pollTime } from './poll-time.ts'
import type { Row } from './row.ts'
import { startCalls } from './start-calls.ts'
import { startNotice } from './start-notice.ts'
import { IMAGE, NETWORK } from './start-server.ts'
import { renderTable } from './table.ts'
import { waitingCost } from './waiting-cost.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    engine: { type: 'string', default: '20.10' },
    only: { type: 'string', default: '' },
  },
})
const version = v.parse(v.picklist(['20.10', '26.1', '28.5']), values.engine)

const MEASURES = {
  'call-time': callTime,
  'poll-time': pollTime,
  'waiting-cost': waitingCost,
  'start-calls': startCalls,
  'start-notice': startNotice,
  'cold-start': coldStart,
  'edge-size': edgeSize,
  memory,
  'image-size': imageSize,
}

const engine = await startEngine({ version })
const rows: Row[] = []
try {
  await importBusybox(engine, IMAGE)
  await createOverlayNetwork(engine, NETWORK)
  for (const [name, measure] of Object.entries(MEASURES))
    if (name.includes(values.only)) rows.push(...(await measure(engine)))
} finally {
  await engine.stop()
}
console.log(values.json ? JSON.stringify({ engine: version, rows }, null, 2) : renderTable(rows))
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1
