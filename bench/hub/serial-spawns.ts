import { setTimeout as sleep } from 'node:timers/promises'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { Contender } from './contender.ts'
import { serversGone, servingAt } from './server-containers.ts'

/** The times and calls of a spawn and the stop after it. */
export type SpawnMeasures = {
  readyMs: number
  /** The time until the Engine was asked for a service. */
  createMs: number
  /** The time from then until the server said that it serves. */
  servingMs: number
  /** The time from there until the hub said that the server is ready. */
  noticeMs: number
  spawnCalls: string[]
  stopCalls: string[]
}

/** 1 s for work that goes on after the hub's answer. */
const SETTLE_MS = 1000

/** Spawns and stops one server, of a user that is new to the hub. */
export const spawnOnce = async (
  { name, hub, client, socket }: Contender,
  engine: RealEngine,
  username: string,
): Promise<SpawnMeasures> => {
  await client.createUser(username)
  const { askedAt, readyAt, isReady } = await client.spawn(username)
  if (!isReady) throw new Error(`${name}: ${username} is not ready\n${await hub.logs()}`)
  const serves = await servingAt(hub.docker, engine)
  await sleep(SETTLE_MS)
  const stoppedAt = Date.now()
  const calls = socket.calls(askedAt)
  const createdAt = calls.find((call) => call.name === 'POST /services')?.at ?? Number.NaN
  await client.stop(username)
  await sleep(SETTLE_MS)
  const stopCalls = socket.calls(stoppedAt).map((call) => call.name)
  await serversGone(hub.docker)
  return {
    readyMs: readyAt - askedAt,
    createMs: createdAt - askedAt,
    servingMs: serves - createdAt,
    noticeMs: readyAt - serves,
    spawnCalls: calls.map((call) => call.name),
    stopCalls,
  }
}
