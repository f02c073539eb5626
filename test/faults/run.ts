import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { buildService } from '../../lab/build-service.ts'
import { canRunEngines } from '../../lab/engine/can-run-engines.ts'
import { scriptWords } from '../../lab/script-options.ts'
import { faultsTable, readRows } from './faults-table.ts'

// `npm run faults`: every fault on real Engines, and docs/faults.md. With --hour, the load goes on for an hour.

/** The rows of the hub are among the tests on a real one. */
const EVERYTHING = ['test/faults/', 'test/hub/real-truth-5.2.test.ts']

const USAGE = `npm run faults -- [options] [test files]

Breaks everything on real Engines and a real hub, and writes docs/faults.md; with test files, prints the rows of these.

  --hour   the load lasts an hour
  --help   this text`

const { values, positionals: paths } = scriptWords(USAGE, { hour: { type: 'boolean' } })
const reason = canRunEngines()
if (reason !== undefined) {
  console.error(`The faults need real Docker Engines: ${reason}`)
  process.exit(1)
}

buildService()
const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-faults-'))
const file = join(directory, 'rows.jsonl')
const { status } = spawnSync(
  'vitest',
  ['run', '--project', 'real', ...(paths.length > 0 ? paths : EVERYTHING)],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SWARMSPAWNER_FAULT_ROWS: file,
      ...(values.hour && { SWARMSPAWNER_LOAD_S: '3600' }),
    },
  },
)
const rows = readRows(file)
rmSync(directory, { recursive: true })

const table = resolve(import.meta.dirname, '../../docs/faults.md')
if (status !== 0) console.error('\nNot all faults are met: docs/faults.md stays as it is.')
else if (paths.length > 0) console.log(`\n${faultsTable(rows)}`)
else {
  mkdirSync(dirname(table), { recursive: true })
  writeFileSync(table, faultsTable(rows))
  console.log(`\n${rows.length} faults: docs/faults.md is written.`)
}
process.exitCode = status ?? 1
