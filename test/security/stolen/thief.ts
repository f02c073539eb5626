import * as v from 'valibot'
import type { ExpectStatic } from 'vitest'
import type { World } from '../../live/world.ts'
import { withAskedImage } from '../../support/asked-image.ts'
import type { Proof } from './proof.ts'

/** Somebody who can speak as a hub: they have its secret, or the admin token. */
export type Thief = {
  expect: ExpectStatic
  /** As which hub they speak, and which other one the service has. */
  hub: string
  otherHub: string
  engine: World['engine']
  /** Images for which the service has looked for credentials. */
  credentialsFor: readonly string[]
  /** Makes a secret of the swarm, as its admin does, and hands out its id. */
  createSecret: (name: string) => Promise<string>
  /** Sends a call as that hub, and hands out its status and its text. */
  call: Call
  /** The same to a service that has no other hub. */
  callAsOnlyHub: Call
  /** The same to a service with the policy of docs/policy.md, "A hub that holds less". */
  callUnderPolicy: Call
  /** A server of that hub which nobody has started yet. */
  server: { username: string; server_name: string }
}

type Call = (verb: string, data: object, headers?: Record<string, string>) => Promise<Answer>

type Answer = { status: number; text: string }

/** What nobody can read of a server but its own program. */
export const TOKEN = 'api-token-that-nobody-reads'

/** A user of that hub, whose server runs already. */
export const VICTIM = { username: 'alice', server_name: '' }
/** A server of another hub, which runs too. */
export const OF_OTHERS = { username: 'alice', server_name: 'theirs', service_prefix: 'lab' }

/** The network that the service itself is in. */
export const OWN_NETWORK = 'hub_control'

const IMAGE = 'scenario/notebook:1'

/** The data of a start, with what matters laid over it. */
export const startOf = ({ server }: Pick<Thief, 'server'>, config: Record<string, unknown>) => {
  const { container_spec = {}, ...settings } = config
  const container = typeof container_spec === 'object' ? container_spec : {}
  return {
    server,
    env: { JUPYTERHUB_API_TOKEN: TOKEN },
    config: {
      networks: ['jupyterhub'],
      container_spec: { image: IMAGE, ...container },
      ...settings,
    },
  }
}

/** Settings of a hub, or how a thief makes them. */
type Settings = Record<string, unknown> | ((thief: Thief) => Record<string, unknown>)

const settingsOf = (thief: Thief, settings: Settings): Record<string, unknown> =>
  typeof settings === 'function' ? settings(thief) : settings

/** The same with a service that has this hub alone. */
export const asOnlyHub = ({ name, prove }: Proof<Thief>): Proof<Thief> => ({
  name: `${name}, of the only hub`,
  prove: (thief) => prove({ ...thief, call: thief.callAsOnlyHub }),
})

/** The same with a service that has a policy. */
export const underPolicy = ({ name, prove }: Proof<Thief>): Proof<Thief> => ({
  name: `${name}, under a policy`,
  prove: (thief) => prove({ ...thief, call: thief.callUnderPolicy }),
})

const Started = v.object({ state: v.string(), service_id: v.string() })
const Inspected = v.object({ Spec: v.looseObject({}) })
const Explained = v.object({ policy: v.array(v.object({ verdict: v.string() })) })
const Refused = v.object({
  code: v.string(),
  issues: v.optional(v.array(v.object({ path: v.string() })), []),
})

/** The hub's settings, under which a server runs; `effect` is a part of what the Engine has of its service. */
export const runs = (name: string, config: Settings, effect: Settings): Proof<Thief> => ({
  name,
  prove: async (thief) => {
    const { status, text } = await thief.call('start', startOf(thief, settingsOf(thief, config)))
    thief.expect({ status, text }).toMatchObject({ status: 200 })
    const started = v.parse(Started, JSON.parse(text))
    thief.expect(started.state).toBe('running')
    const { json } = await thief.engine('GET', `/services/${started.service_id}`)
    thief
      .expect(withAskedImage(v.parse(Inspected, json).Spec))
      .toMatchObject(settingsOf(thief, effect))
  },
})

/** The hub's settings that nothing is refused of, where a server could not run with them: a node has no such thing. */
export const mayStart = (name: string, config: Settings): Proof<Thief> => ({
  name,
  prove: async (thief) => {
    const { status, text } = await thief.call('explain', startOf(thief, settingsOf(thief, config)))
    const { policy } = v.parse(Explained, JSON.parse(text))
    const refused = policy.filter(({ verdict }) => verdict !== 'allowed')
    thief.expect({ status, refused }).toEqual({ status: 200, refused: [] })
  },
})

/** The hub's settings that are refused, by the key that the refusal names. */
export const isRefused = (
  name: string,
  config: Settings,
  at: string,
  code = 'not_allowed',
): Proof<Thief> => ({
  name,
  prove: async (thief) => {
    const { status, text } = await thief.call('start', startOf(thief, settingsOf(thief, config)))
    const problem = v.parse(Refused, JSON.parse(text))
    const paths = problem.issues.map(({ path }) => path)
    thief.expect({ status, code: problem.code }).toEqual({ status: 422, code })
    thief.expect(paths).toContainEqual(thief.expect.stringContaining(at))
  },
})

/** A call of any kind, and what has to be in its answer. */
export const answers = (
  name: string,
  [verb, data]: readonly [verb: string, data: object],
  answer: { status: number; body: Record<string, unknown> },
): Proof<Thief> => ({
  name,
  prove: async (thief) => {
    const { status, text } = await thief.call(verb, data)
    thief.expect({ status, body: JSON.parse(text) }).toMatchObject(answer)
  },
})
