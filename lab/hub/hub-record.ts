import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { labCache } from '../engine/engine-lab.ts'

const Place = v.variant('kind', [
  /** A private Engine, which a process keeps alive. */
  v.object({ kind: v.literal('private'), pid: v.number(), startedAt: v.string() }),
  /** The docker CLI's Engine, with the variables that named it. */
  v.object({ kind: v.literal('swarm'), env: v.record(v.string(), v.string()) }),
])

/** The record that `npm run hub:up` leaves for `npm run hub:down`. It is written before anything is created. */
export const HubRecord = v.object({ port: v.number(), stack: v.string(), place: Place })
export type HubRecord = v.InferOutput<typeof HubRecord>

const fileOf = (port: number): string => join(labCache, `hub-${port}.json`)

/** Writes the record of the hub on a port. Throws if there is one already. */
export const writeRecord = (record: HubRecord): void => {
  mkdirSync(labCache, { recursive: true })
  writeFileSync(fileOf(record.port), JSON.stringify(record), { flag: 'wx', mode: 0o600 })
}

export const removeRecord = (port: number): void => rmSync(fileOf(port), { force: true })

/** The records of all hubs that run, or that nobody has taken down. */
export const readRecords = (): HubRecord[] => {
  mkdirSync(labCache, { recursive: true })
  return readdirSync(labCache)
    .filter((name) => /^hub-\d+\.json$/.test(name))
    .map((name) => v.parse(HubRecord, JSON.parse(readFileSync(join(labCache, name), 'utf8'))))
}
