/**
 * `npm run bench`: measures what the spawner adds to a Docker Engine, on a throw-away one that it starts itself
 * (as root on Linux). Every limit is a ratio, a percentile or a count within one run, so that it holds on any
 * machine; exits with 1 where one is missed. `--json` prints the rows as JSON, `--engine 28.5` takes another
 * Engine than the host's own, `--only poll` runs the measures whose file name has that word. `--write` puts the table
 * into docs/performance.md.
 */
import * as v from 'valibot'
import { buildService } from '../lab/build-service.ts'
import { createOverlayNetwork } from '../lab/engine/create-overlay-network.ts'
import { startEngine } from '../lab/engine/engine-lab.ts'
import { importBusybox } from '../lab/engine/import-busybox.ts'
import { scriptOptions } from '../lab/script-options.ts'
import { bodyWait } from './body-wait.ts'
import { callTime } from './call-time.ts'
import { coldStart } from './cold-start.ts'
import { describeMachine } from './describe-machine.ts'
import { edgeSize } from './edge-size.ts'
import { functionEntries } from './function-entries.ts'
import { imageSize } from './image-size.ts'
import { manyExplains } from './many-explains.ts'
import { manyMetrics } from './many-metrics.ts'
import { memory } from './memory.ts'
import { pickMeasures } from './pick-measures.ts'
import { pollTime } from './poll-time.ts'
import { registryStarts } from './registry-starts.ts'
import type { Row } from './row.ts'
import { startCalls } from './start-calls.ts'
import { startNotice } from './start-notice.ts'
import { IMAGE, NETWORK } from './start-server.ts'
import { renderTable } from './table.ts'
import { exitCodeOf } from './verdict.ts'
import { waitingCost } from './waiting-cost.ts'
import { writePage } from './write-page.ts'

const USAGE = `npm run bench -- [options]

Measures the service on a throw-away Engine.

  --engine 20.10|26.1|28.5   the Engine (default: 20.10)
  --only WORD                the measures whose name has that word
  --json                     prints the rows as JSON
  --write                    puts the table into docs/performance.md
  --help                     this text`

const values = scriptOptions(USAGE, {
  json: { type: 'boolean', default: false },
  engine: { type: 'string', default: '20.10' },
  only: { type: 'string', default: '' },
  write: { type: 'boolean', default: false },
})
const version = v.parse(v.picklist(['20.10', '26.1', '28.5']), values.engine)

const MEASURES = {
  'call-time': callTime,
  'poll-time': pollTime,
  'body-wait': bodyWait,
  'function-entries': functionEntries,
  'many-explains': manyExplains,
  'many-metrics': manyMetrics,
  'waiting-cost': waitingCost,
  'start-calls': startCalls,
  'start-notice': startNotice,
  'registry-starts': registryStarts,
  'cold-start': coldStart,
  'edge-size': edgeSize,
  memory,
  'image-size': imageSize,
}

const picked = pickMeasures(MEASURES, values.only)
if (values.write && picked.length < Object.keys(MEASURES).length)
  throw new Error('--write needs all measures: the page would lose the others; leave --only out')

buildService()
const engine = await startEngine({ version })
const rows: Row[] = []
try {
  await importBusybox(engine, IMAGE)
  await createOverlayNetwork(engine, NETWORK)
  for (const [, measure] of picked) rows.push(...(await measure(engine)))
} finally {
  await engine.stop()
}
const report = [
  `Docker Engine ${version}, Node.js ${process.versions.node}, ${describeMachine()}; ${new Date().toISOString().slice(0, 10)}.`,
  renderTable(rows),
].join('\n\n')
console.log(values.json ? JSON.stringify({ engine: version, rows }, null, 2) : report)
if (values.write) writePage('npm run bench', report)
process.exitCode = exitCodeOf(rows)
