/**
 * `npm run bench:hub`: measures our spawner class against three others, each in a JupyterHub of its own in the same
 * Swarm, on a throw-away Engine that it starts itself (as root on Linux). They take turns, and every limit is a ratio
 * or a count within one run, so that it holds on any machine; exits with 1 where one is missed. `--rounds 12` spawns
 * one by one more often than 8 times, `--bursts 3` many at once, `--only burst` runs the measures whose name has that
 * word, `--peers <folder>` has clones of the others' sources (dockerspawner, cassinyspawner, ucphhpc), which else are
 * fetched, `--json` prints all of it as JSON.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dockerCli } from '../../deploy/hub/docker-cli.ts'
import { importHubImages } from '../../deploy/hub/hub-images.ts'
import { startEngine } from '../../test/support/lab/engine-lab.ts'
import type { Row } from '../row.ts'
import { renderTable } from '../table.ts'
import { burst } from './burst.ts'
import { type Contender, startContender } from './contender.ts'
import { idlePolls } from './idle-polls.ts'
import { judgeBursts, judgePolls, judgeSpawns, judgeSweep } from './judge.ts'
import { noMeasures } from './measures.ts'
import { pollSweep } from './poll-sweep.ts'
import { spawnOnce } from './serial-spawns.ts'
import { sideBySide } from './side-by-side.ts'
import { findClones, PEER_PACKAGES, SPAWNER_NAMES } from './spawners.ts'
import { waitUntilQuiet } from './wait-until-quiet.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '8' },
    bursts: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    peers: { type: 'string' },
  },
})

const say = (sentence: string) =>
  console.error(`${sentence} (load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]})`)

const all = {
  swarmspawner: noMeasures(),
  dockerspawner: noMeasures(),
  cassinyspawner: noMeasures(),
  ucphhpc: noMeasures(),
}

/** Each begins in turn: who goes after whom matters. */
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

const clones = await findClones(values.peers)
const engine = await startEngine({ version: '20.10' })
const contenders: Contender[] = []

const measures: Readonly<Record<string, () => Promise<Row[]>>> = {
  spawn: async () => {
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
  sweep: async () => {
    const ours = contenders.find(({ name }) => name === 'swarmspawner')
    return ours ? judgeSweep(await pollSweep(ours, engine)) : []
  },
  burst: async () => {
    await inTurns(contenders, Number(values.bursts), async (contender, round) => {
      all[contender.name].bursts.push(await burst(contender, round))
    })
    return judgeBursts(all)
  },
}

const rows: Row[] = []
try {
  const env = { DOCKER_HOST: engine.dockerHost }
  const images = await importHubImages(dockerCli(env), env, '5.2', PEER_PACKAGES)
  for (const name of SPAWNER_NAMES) {
    say(`hub with ${name}`)
    contenders.push(await startContender(name, { engine, images, clones }))
  }
  for (const [name, measure] of Object.entries(measures)) {
    if (!name.includes(values.only)) continue
    say(name)
    rows.push(...(await measure()))
  }
} finally {
  for (const { stop } of contenders) await stop()
  await engine.stop()
}
console.log(
  values.json
    ? JSON.stringify({ rows, measures: all }, null, 2)
    : `${sideBySide(all)}\n\n${renderTable(rows)}`,
)
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1
