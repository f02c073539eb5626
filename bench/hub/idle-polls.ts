import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from './contender.ts'
import type { EngineCall } from './counted-socket.ts'
import { serversGone } from './server-containers.ts'

/** Three polls of poll_interval 30, which the hub scatters by a tenth. */
const IDLE_MS = 100_000
const GAP_MS = 3000

/** The Engine calls of each poll that a hub makes of its only server when nothing else happens, by contender. */
export const idlePolls = async (
  contenders: readonly Contender[],
): Promise<Map<string, EngineCall[][]>> => {
  for (const { name, client } of contenders) {
    await client.createUser(usernameOf(name))
    const { isReady } = await client.spawn(usernameOf(name))
    if (!isReady) throw new Error(`${name}: the server that is to be polled is not ready`)
  }
  await sleep(GAP_MS)
  const begun = Date.now()
  await sleep(IDLE_MS)
  const polls = contenders.map(({ name, socket }) => [name, apart(socket.calls(begun))] as const)
  for (const { name, client } of contenders) await client.stop(usernameOf(name))
  for (const { hub } of contenders.slice(0, 1)) await serversGone(hub.docker)
  return new Map(polls)
}

/** Two of the classes would give the servers of one user name the same service name. */
const usernameOf = (contender: string): string => `idle-${contender}`

/** Calls that follow on each other belong to one poll. */
const apart = (calls: readonly EngineCall[]): EngineCall[][] => {
  const polls: EngineCall[][] = []
  for (const call of calls) {
    const poll = polls.at(-1)
    const last = poll?.at(-1)
    if (poll && last && call.at - last.at < GAP_MS) poll.push(call)
    else polls.push([call])
  }
  return polls
}
