/** `npm run hub:down [-- --port 8000]`: ends the hubs that `npm run hub:up` has started, or the one on a port. */
import { setTimeout as sleep } from 'node:timers/promises'
import { labCache } from '../engine/engine-lab.ts'
import { scriptOptions } from '../script-options.ts'
import { dockerCli } from './docker-cli.ts'
import { type HubRecord, readRecords, removeRecord } from './hub-record.ts'
import { isUp } from './is-up.ts'
import { removeHub, removeHubImages } from './remove-hub.ts'

const down = async (record: HubRecord): Promise<void> => {
  console.log(`Ending the hub on port ${record.port} ...`)
  const { place, port, stack } = record
  if (place.kind === 'private') await endKeeper(record, place.pid)
  else {
    const docker = dockerCli(place.env)
    await removeHub(docker, stack)
    const others = readRecords().filter((other) => other.port !== port)
    if (others.every((other) => other.place.kind !== 'swarm')) await removeHubImages(docker)
  }
  removeRecord(port)
}

const endKeeper = async (record: HubRecord, pid: number): Promise<void> => {
  if (isUp(record)) process.kill(pid, 'SIGTERM')
  const deadline = performance.now() + 60_000
  while (isUp(record)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} does not end`)
    await sleep(50)
  }
}

const USAGE = `npm run hub:down -- [options]

Ends the hubs that npm run hub:up has started, with their services, networks, secrets, images and volumes.

  --port 8000   only the hub on this port
  --help        this text`

const values = scriptOptions(USAGE, { port: { type: 'string' } })
const records = readRecords().filter(({ port }) => [undefined, String(port)].includes(values.port))
for (const record of records) await down(record)
console.log(
  records.length === 0
    ? 'There is no hub to end.'
    : `Nothing of it is left. Downloads stay in ${labCache} for the next time.`,
)
