import * as v from 'valibot'
import type { EngineVersion } from '../../lab/engine/engine-lab.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { ask, type Problem, refused } from '../support/test-hub.ts'
import { type Seen, timed } from './fault-row.ts'
import { countInWords, problemInWords, stateInWords } from './in-words.ts'

const NamedServices = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))

const ServiceInspect = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  Spec: v.looseObject({}),
})

export type Server = { username: string; server_name: string }

/** A real Engine with our service in front of it, and the words in which a row of docs/faults.md says what it saw. */
export type FaultWorld = RealWorld & {
  /** A user of its own for each row: the containers of the row before may still be on their way out. */
  someone: () => Server
  /** Starts a server whose start must fail, and waits until that is said. */
  startFails: (data: object) => Promise<{ state: ServerState } & Seen>
  startRefused: (data: object) => Promise<{ problem: Problem } & Seen>
  poll: (server: Server, more?: object) => Promise<ServerState>
  serviceNames: () => Promise<string[]>
  /** What is left of all servers: their number, or nothing. */
  left: () => Promise<string>
  /** Changes the one service there is, as `docker service update` does. */
  update: (change: (spec: Spec) => void) => Promise<void>
  removeAll: () => Promise<void>
}

/** The part of a service's spec that operators change here. */
export type Spec = v.InferOutput<typeof Spec>
const Spec = v.looseObject({
  Mode: v.object({ Replicated: v.object({ Replicas: v.number() }) }),
  TaskTemplate: v.looseObject({
    ForceUpdate: v.optional(v.number()),
    ContainerSpec: v.looseObject({ Image: v.string() }),
  }),
})

export const openFaultWorld = async (version: EngineVersion): Promise<FaultWorld> => {
  const world = await openRealWorld(version)
  let users = 0
  const services = async () => v.parse(NamedServices, (await world.engine('GET', '/services')).json)
  const serviceNames = async () => (await services()).map(({ Spec }) => Spec.Name)
  const left = async () => countInWords((await services()).length)
  const poll = (server: Server, more: object = {}) =>
    ask(world.service, 'poll', { server, ...more })
  return {
    ...world,
    someone: () => ({ username: `user-${users++}`, server_name: '' }),
    poll,
    serviceNames,
    left,
    startFails: async (data) => {
      const { value: state, seconds } = await timed(() => startUntilEnded(world, data))
      return { state, ...readBy(state), answer: stateInWords(state), seconds, left: await left() }
    },
    startRefused: async (data) => {
      const { value: problem, seconds } = await timed(() => refused(world.service, 'start', data))
      const answer = problemInWords(problem)
      return { problem, ...readBy(problem), answer, seconds, left: await left() }
    },
    update: async (change) => {
      const [service] = await services()
      const { json } = await world.engine('GET', `/services/${service?.ID}`)
      const { ID, Version, Spec: given } = v.parse(ServiceInspect, json)
      const spec = v.parse(Spec, given)
      change(spec)
      const path = `/services/${ID}/update?version=${Version.Index}`
      const { status } = await world.engine('POST', path, spec)
      if (status !== 200) throw new Error(`${path}: ${status}`)
    },
    removeAll: async () => {
      for (const { ID } of await services()) await world.engine('DELETE', `/services/${ID}`)
    },
  }
}

/** What a student reads of an answer that is not plainly fine: there is a sentence, in plain words. */
export const readBy = ({ user_message }: { user_message?: string | undefined }) => {
  expectSentence(user_message)
  return { user_message }
}

/** A server that ends at once may be seen running for a moment; the next poll tells. */
const startUntilEnded = async (world: RealWorld, data: object): Promise<ServerState> => {
  const state = await ask(world.service, 'start', { wait_s: 60, ...data })
  if (state.state !== 'running') return state
  const { server } = v.parse(v.looseObject({ server: v.unknown() }), data)
  return ask(world.service, 'poll', { server, cursor: state.cursor, wait_s: 30 })
}
