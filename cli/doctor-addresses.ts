import type { Docker } from '../src/docker/docker.ts'
import { createNetworkRooms } from '../src/spawner/engine/network-rooms.ts'
import { ADDRESS_ADVICE } from '../src/spawner/state/address-words.ts'
import { type Check, check, failure, type Outcome, ok, warning } from './check.ts'

/** With less than a tenth left, an admin has some time to make a larger network. */
const MOST_IN_USE = 0.9

/** Checks how many addresses of a network are left; nothing where Swarm gives none of it away. */
export async function* checkAddresses(docker: Docker, network: string): AsyncGenerator<Check> {
  let isCounted = true
  const checked = await check(`addresses of ${network}`, async () => {
    const outcome = await countAddresses(docker, network)
    isCounted = outcome !== undefined
    return outcome ?? ok('')
  })
  if (isCounted) yield checked
}

const countAddresses = async (docker: Docker, network: string): Promise<Outcome | undefined> => {
  const room = await createNetworkRooms(docker, Date.now)(network)
  if (!room?.isSetUp) return undefined
  const { inUse, total, subnets } = room
  const counted = `${inUse} of ${total} in use (${subnets.join(', ')})`
  if (inUse >= total) return failure(`${counted}: no further server can start`, ADDRESS_ADVICE.full)
  if (inUse >= total * MOST_IN_USE) return warning(counted, ADDRESS_ADVICE.full)
  return ok(counted)
}
