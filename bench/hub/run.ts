/**
 * `npm run bench:hub`: measures our spawner class against others, each in a JupyterHub of its own in the same Swarm,
 * on a throw-away Engine that it starts itself (as root on Linux). They take turns, and every limit is a ratio or a
 * count within one run, so that it holds on any machine; exits with 1 where one is missed, or where nothing was
 * measured. `--rounds 12` spawns one by one more often than 8 times, `--bursts 5` many at once more often than 3 times,
 * `--only burst` runs the measures whose name has that word, `--hub 5.2` takes another JupyterHub than 6.1, `--engine
 * 20.10` another Engine than 28.5, `--cassinyspawner <clone>` measures that class too, `--json` prints all of it as
 * JSON, `--write` puts the tables into docs/performance.md.
 */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { buildService } from '../../lab/build-service.ts'
import { startEngine } from '../../lab/engine/engine-lab.ts'
import { dockerCli } from '../../lab/hub/docker-cli.ts'
import { importHubImages } from '../../lab/hub/hub-images.ts'
import { scriptOptions } from '../../lab/script-options.ts'
import { pickMeasures } from '../pick-measures.ts'
import type { Row } from '../row.ts'
import { exitCodeOf } from '../verdict.ts'
import { writePage } from '../write-page.ts'
import { burst } from './burst.ts'
import { type Contender, startContender } from './contender.ts'
import { idleCpu } from './idle-cpu.ts'
import { idlePolls } from './idle-polls.ts'
import { judgeBursts, judgeIdle, judgePolls, judgeSpawns, judgeSweep } from './judge.ts'
import { noMeasures } from './measures.ts'
import { pollSweep } from './poll-sweep.ts'
import { hubReport, hubVersion } from './report.ts'
import { spawnOnce } from './serial-spawns.ts'
import { findPeers, type SpawnerName } from './spawners.ts'
import { waitUntilQuiet } from './wait-until-quiet.ts'

const USAGE = `npm run bench:hub -- [options]

Measures our spawner class against others, in real hubs on a throw-away Engine.

  --rounds 8                 how often one server is spawned alone
  --bursts 3                 how often many are spawned at once
  --only WORD                the measures whose name has that word
  --hub 5.2|5.5|6.1          the JupyterHub (default: 6.1)
  --engine 20.10|26.1|28.5   the Engine (default: 28.5)
  --cassinyspawner CLONE     measures that class, too
  --json                     prints all of it as JSON
  --write                    puts the tables into docs/performance.md
  --help                     this text`

const values = scriptOptions(USAGE, {
  json: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '8' },
  bursts: { type: 'string', default: '3' },
  only: { type: 'string', default: '' },
  hub: { type: 'string', default: '6.1' },
  engine: { type: 'string', default: '28.5' },
  cassinyspawner: { type: 'string' },
  write: { type: 'boolean', default: false },
})

const say = (sentence: string) =>
  console.error(`${sentence} (load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]})`)

const all = {
  swarmspawner: noMeasures(),
  dockerspawner: noMeasures(),
  cassinyspawner: noMeasures(),
  ucphhpc: noMeasures(),
}

/** The contenders take turns in beginning, because the order matters. */
const inTurns = async (
  contenders: readonly Contender[],
  rounds: number,
  work: (contender: Contender, round: number) => Promise<void>,
): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`)
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      await waitUntilQuiet(say)
      await work(contender, round)
    }
  }
}

const engineVersion = v.parse(v.picklist(['20.10', '26.1', '28.5']), values.engine)
const release = v.parse(v.picklist(['5.2', '5.5', '6.1']), values.hub)
buildService()
const field = await findPeers(values.cassinyspawner)
const spawners: SpawnerName[] = ['swarmspawner', ...field.peers]
const contenders: Contender[] = []

const measures: Readonly<Record<string, () => Promise<Row[]>>> = {
  spawn: async () => {
    // Nobody knows the digest of a tag at its first start, nor has a node unpacked the image.
    for (const contender of contenders) await spawnOnce(contender, engine, 'first')
    await inTurns(contenders, Number(values.rounds), async (contender, round) => {
      all[contender.name].spawns.push(await spawnOnce(contender, engine, `serial-${round}`))
    })
    return judgeSpawns(all)
  },
  poll: async () => {
    const polls = await idlePolls(contenders)
    for (const { name } of contenders) all[name].polls.push(...(polls.get(name) ?? []))
    return judgePolls(all)
  },
  idle: async () => {
    const ours = contenders.find(({ name }) => name === 'swarmspawner')
    if (!ours) throw new Error('no hub with our class')
    await waitUntilQuiet(say)
    return judgeIdle(await idleCpu(ours, engine))
  },
  sweep: async () => {
    const ours = contenders.find(({ name }) => name === 'swarmspawner')
    if (!ours) throw new Error('no hub with our class, which is the one that sweeps')
    return judgeSweep(await pollSweep(ours, engine))
  },
  burst: async () => {
    await inTurns(contenders, Number(values.bursts), async (contender, round) => {
      all[contender.name].bursts.push(await burst(contender, round))
    })
    return judgeBursts(all, field.peers)
  },
}

const picked = pickMeasures(measures, values.only)
if (values.write && picked.length < Object.keys(measures).length)
  throw new Error('--write needs all measures: the page would lose the others; leave --only out')

const engine = await startEngine({ version: engineVersion })
const rows: Row[] = []
let hub = ''
try {
  const env = { DOCKER_HOST: engine.dockerHost }
  const images = await importHubImages(dockerCli(env), env, release)
  for (const name of spawners) {
    say(`hub with ${name}`)
    contenders.push(await startContender(name, { engine, images, volumes: field.volumes }))
  }
  hub = await hubVersion(contenders)
  for (const [name, measure] of picked) {
    say(name)
    rows.push(...(await measure()))
  }
} finally {
  for (const { stop } of contenders) await stop()
  await engine.stop()
}
const { versions } = field
const report = hubReport(all, rows, { spawners, versions, hub, engine: engineVersion })
console.log(values.json ? JSON.stringify({ rows, measures: all }, null, 2) : report)
if (values.write) writePage('npm run bench:hub', report)
process.exitCode = exitCodeOf(rows)
