/** `npm run hub:up`: a JupyterHub in a Docker Swarm on this machine; see up-options.ts. */

import { spawn } from 'node:child_process'
import { accessSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { buildService } from '../build-service.ts'
import { labCache } from '../engine/engine-lab.ts'
import { exited } from '../engine/exited.ts'
import { scratchRoot } from '../engine/scratch-root.ts'
import { chooseEngine } from './choose-engine.ts'
import { describeHub, type HubDescription } from './describe-hub.ts'
import { dockerCli } from './docker-cli.ts'
import { type HubRecord, readRecords, removeRecord, writeRecord } from './hub-record.ts'
import { isUp } from './is-up.ts'
import { KeeperMessage } from './keeper-message.ts'
import { stackName, startLocalHub } from './local-hub.ts'
import { processStart } from './process-start.ts'
import { showProgress } from './progress.ts'
import { removeHubImages } from './remove-hub.ts'
import { readUpOptions, type UpOptions, USAGE } from './up-options.ts'

const progress = showProgress(process.stdout)

const up = async (options: UpOptions): Promise<void> => {
  const { port } = options
  if (readRecords().some((record) => record.port === port && isUp(record)))
    throw new Error(`There is a hub on port ${port} already. To end it: npm run hub:down`)
  removeRecord(port)
  if (options.config !== undefined) accessSync(options.config)
  buildService()
  const engine = await chooseEngine(options.engine)
  console.log(engine.sentence)
  const run = engine.kind === 'swarm' ? inSwarm : inPrivateEngine
  try {
    const hub = await run(options)
    progress.end()
    console.log(describeHub(hub, labCache))
  } catch (error) {
    // Images that another local hub uses stay.
    if (engine.kind === 'swarm') await removeHubImages(dockerCli({})).catch(() => {})
    removeRecord(port)
    throw error
  }
}

/** Starts the hub in the docker CLI's Swarm, where it lives on without a process here. */
const inSwarm = async (options: UpOptions): Promise<HubDescription> => {
  const docker = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('DOCKER_') && value !== undefined ? [[name, value] as const] : [],
  )
  record(options.port, { kind: 'swarm', env: Object.fromEntries(docker) })
  return startLocalHub(options, progress.say)
}

/** Starts the hub in an Engine of its own, which a separate process keeps alive. */
const inPrivateEngine = async (options: UpOptions): Promise<HubDescription> => {
  const program = join(import.meta.dirname, 'keeper.ts')
  const keeper = spawn(process.execPath, [program, ...process.argv.slice(2)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, TMPDIR: scratchRoot() },
  })
  const ended = new Promise<never>((_, reject) => {
    keeper.on('error', reject)
    keeper.on('exit', () => reject(new Error('The process that keeps the Engine has ended.')))
  })
  const ready = new Promise<HubDescription>((resolve, reject) => {
    keeper.on('message', (message) => {
      const told = v.parse(KeeperMessage, message)
      if ('say' in told) progress.say(told.say)
      else if ('hub' in told) resolve(told.hub)
      else reject(new Error(told.failure))
    })
  })
  const pid = keeper.pid ?? 0
  record(options.port, { kind: 'private', pid, startedAt: processStart(pid) ?? '' })
  try {
    return await Promise.race([ready, ended])
  } catch (error) {
    await exited(keeper)
    throw error
  } finally {
    if (keeper.connected) keeper.disconnect()
    keeper.unref()
  }
}

const record = (port: number, place: HubRecord['place']): void =>
  writeRecord({ port, stack: stackName(port), place })

try {
  const options = readUpOptions(process.argv.slice(2))
  if (options.help) console.log(USAGE)
  else await up(options)
} catch (error) {
  progress.end()
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
