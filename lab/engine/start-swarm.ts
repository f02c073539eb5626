import { type EngineVersion, initSwarm, type RealEngine, startEngine } from './engine-lab.ts'
import { joinSwarm } from './join-swarm.ts'
import { type Cable, layCable } from './lay-cable.ts'

/** A swarm of several Engines. The first one is its first leader. */
export interface RealSwarm {
  managers: readonly RealEngine[]
  workers: readonly RealEngine[]
  /** Pulls all cables of one engine. */
  cutOff(engine: RealEngine): Promise<void>
  /** Plugs them in again. */
  reconnect(engine: RealEngine): Promise<void>
  /** Kills everything and removes every trace; may be called twice. */
  stop(): Promise<void>
}

/** Starts a swarm of Engines with these versions, in 3 to 10 s. If it cannot, it leaves nothing behind. */
export async function startSwarm({
  managers,
  workers = [],
}: {
  managers: readonly EngineVersion[]
  workers?: readonly EngineVersion[]
}): Promise<RealSwarm> {
  const engines: RealEngine[] = []
  const stop = async () => {
    await Promise.all(engines.map((engine) => engine.stop()))
  }
  try {
    for (const [nth, version] of [...managers, ...workers].entries())
      engines.push(await startEngine({ version, swarm: false, ...placeOf(nth) }))
    const cables = await connectAll(engines)
    const [leader, ...others] = engines
    if (leader) await initSwarm(leader)
    for (const [nth, engine] of others.entries())
      if (leader) await joinSwarm(engine, leader, nth + 1 < managers.length ? 'Manager' : 'Worker')
    const cablesOf = (engine: RealEngine) => cables.filter(({ ends }) => ends.includes(engine))
    return {
      managers: engines.slice(0, managers.length),
      workers: engines.slice(managers.length),
      cutOff: async (engine) => {
        for (const { cable } of cablesOf(engine)) await cable.pull()
      },
      reconnect: async (engine) => {
        for (const { cable } of cablesOf(engine)) await cable.plug()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const placeOf = (nth: number) => ({ hostname: `node-${nth + 1}`, address: `192.0.2.${nth + 10}` })

/** Lays a cable between every two Engines. */
async function connectAll(
  engines: readonly RealEngine[],
): Promise<{ ends: readonly RealEngine[]; cable: Cable }[]> {
  const cables: { ends: readonly RealEngine[]; cable: Cable }[] = []
  for (const [nth, one] of engines.entries())
    for (const other of engines.slice(nth + 1))
      cables.push({ ends: [one, other], cable: await layCable(one, other) })
  return cables
}
