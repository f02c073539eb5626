import { setTimeout as sleep } from 'node:timers/promises'
import type { Contender } from './contender.ts'
import type { EngineCall } from './counted-socket.ts'
import { serversGone } from './server-containers.ts'

/** 100 s have room for three polls with poll_interval 30, which the hub varies by a tenth. */
const IDLE_MS = 100_000
const GAP_MS = 3000

/** For each contender, the Engine calls of each poll that an otherwise idle hub makes for its only server. */
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
  const polls = contenders.map(
    ({ name, socket }) => [name, apart(socket.calls(begun).filter(isOfPoll))] as const,
  )
  for (const { name, client } of contenders) await client.stop(usernameOf(name))
  for (const { hub } of contenders.slice(0, 1)) await serversGone(hub.docker)
  return new Map(polls)
}

/**
 * A user name for each contender, because two of the classes would give servers of the same user name the same
 * service name.
 */
const usernameOf = (contender: string): string => `idle-${contender}`

/** Once a minute our service looks for nodes whose maintenance is due. No class asks for nodes in a poll. */
const isOfPoll = ({ name }: EngineCall): boolean => name !== 'GET /nodes'

/** Splits calls into polls: calls shortly after each other belong to one poll. */
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
