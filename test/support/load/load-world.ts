import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { askEngine } from '../../../lab/engine/call-engine.ts'
import { type Program, runProgram } from '../../../lab/load/program.ts'
import { SECRETS } from '../test-hub.ts'

const Services = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))
type LoadService = { id: string; name: string }

/** A running copy of the service. */
export type Copy = Program & { url: string }

type CopyOptions = { isInspected?: boolean; env?: Record<string, string> }

/** The embedded engine and copies of the service in front of it, each a process of its own. */
export type LoadWorld = {
  startCopy: (options?: CopyOptions) => Promise<Copy>
  /** All services that the engine has. */
  services: () => Promise<LoadService[]>
  close: () => Promise<void>
}

/** Starts the engine. */
export const openLoadWorld = async (): Promise<LoadWorld> => {
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-load-'))
  const socketPath = join(directory, 'engine.sock')
  const dockerHost = `unix://${socketPath}`
  const engine = await runProgram(['engine', '--listen', dockerHost], /DOCKER_HOST=/)
  const programs: Program[] = [engine]
  const startCopy = async ({ env: more, ...options }: CopyOptions = {}) => {
    const env = {
      ...more,
      DOCKER_HOST: dockerHost,
      PORT: '0',
      SWARMSPAWNER_SECRET: SECRETS.default,
    }
    const copy = await runProgram(['serve'], /listening on http/, { env, ...options })
    programs.push(copy)
    const [url = ''] = /http:\/\/[\d.:]+/.exec(copy.lines.join('\n')) ?? []
    return { ...copy, url }
  }
  return {
    startCopy,
    services: async () => {
      const listed = await askEngine(socketPath, { method: 'GET', path: '/services' })
      return v.parse(Services, listed).map(({ ID, Spec }) => ({ id: ID, name: Spec.Name }))
    },
    close: async () => {
      for (const program of programs) program.signal('SIGKILL')
      await Promise.all(programs.map(({ ended }) => ended))
      await rm(directory, { recursive: true, force: true })
    },
  }
}
