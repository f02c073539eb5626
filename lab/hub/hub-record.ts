import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { labCache } from '../engine/engine-lab.ts'

const Place = v.variant('kind', [
  /** A private Engine, which a process keeps alive. */
  v.object({ kind: v.literal('private'), pid: v.number(), startedAt: v.string() }),
  /** The Engine that these variables made the docker CLI talk to. */
  v.object({ kind: v.literal('swarm'), env: v.record(v.string(), v.string()) }),
])

/** What `npm run hub:up` leaves for `npm run hub:down`, written before anything is made. */
export const HubRecord = v.object({ port: v.number(), stack: v.string(), place: Place })
export type HubRecord = v.InferOutput<typeof HubRecord>

const fileOf = (port: number): string => join(labCache, `hub-${port}.json`)

/** Writes the record of the hub on a port; throws where there is one already. */
export const writeRecord = (record: HubRecord): void => {
  mkdirSync(labCache, { recursive: true })
  writeFileSync(fileOf(record.port), JSON.stringify(record), { flag: 'wx', mode: 0o600 })
}

export const removeRecord = (port: number): void => rmSync(fileOf(port), { force: true })

/** The records of all hubs that are up, or have not been taken down. */
export const readRecords = (): HubRecord[] => {
  mkdirSync(labCache, { recursive: true })
  return readdirSync(labCache)
    .filter((name) => /^hub-\d+\.json$/.test(name))
    .map((name) => v.parse(HubRecord, JSON.parse(readFileSync(join(labCache, name), 'utf8'))))
}
