import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from './contender.ts'
import { hubCpuMs } from './hub-cpu.ts'
import { serversGone } from './server-containers.ts'

export const BURST = 20
const LOOK_EVERY_MS = 250

export type BurstMeasures = {
  /** The time from the first request until each server was ready, the fastest first. */
  readyMs: number[]
  lost: number
  /**
   * The times of GET /hub/api, asked four times a second until the last server was ready. Infinite for a
   * question without an answer.
   */
  latencyMs: number[]
  engineCalls: number
  /** The CPU time of the hub and its proxy. */
  hubCpuMs: number
}

/** Spawns the servers of twenty users at once, and stops them. */
export const burst = async (
  { name, hub, client, socket }: Contender,
  round: number,
): Promise<BurstMeasures> => {
  const usernames = Array.from({ length: BURST }, (_, index) => `burst-${round}-${index}`)
  for (const username of usernames) await client.createUser(username)
  const cpuBefore = await hubCpuMs(hub)
  const begun = Date.now()
  const spawning = Promise.all(usernames.map(client.spawn)).catch((cause) => {
    throw new Error(`${name}: its hub or proxy was gone while ${BURST} servers started`, { cause })
  })
  const latencyMs = await latencyWhile(client, spawning)
  const spawns = await spawning
  const engineCalls = socket.calls(begun).length
  const cpuMs = (await hubCpuMs(hub)) - cpuBefore
  const ready = spawns.filter(({ isReady }) => isReady)
  await Promise.all(ready.map(({ username }) => client.stop(username)))
  await serversGone(hub.docker)
  const readyMs = ready.map(({ readyAt }) => readyAt - begun).sort((a, b) => a - b)
  return { readyMs, lost: BURST - ready.length, latencyMs, engineCalls, hubCpuMs: cpuMs }
}

/** Asks at regular times, also when the last question has no answer yet. */
const latencyWhile = async (
  client: Contender['client'],
  work: Promise<unknown>,
): Promise<number[]> => {
  const looks: Promise<number>[] = []
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  while (!isOver) {
    looks.push(client.latency().catch(() => Number.POSITIVE_INFINITY))
    await Promise.race([sleep(LOOK_EVERY_MS), over])
  }
  return Promise.all(looks)
}
