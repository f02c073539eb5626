import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, type ExpectStatic, expect, test } from 'vitest'
import { parseYaml } from '../../../handlers/settings/yaml.node.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { createNetworkNames } from '../../../src/spawner/engine/network-names.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import type { Spawner } from '../../../src/spawner/spawner.ts'
import type { World } from '../../live/world.ts'
import {
  ADMIN_TOKEN,
  createTestService,
  type HubName,
  send,
  type TestService,
} from '../../support/test-hub.ts'
import type { Row } from './proof.ts'
import { OF_OTHERS, OWN_NETWORK, startOf, type Thief, VICTIM } from './thief.ts'

/** The example of docs/policy.md, word for word. */
const [, EXAMPLE = ''] =
  readFileSync(join(projectRoot, 'docs/policy.md'), 'utf8').match(
    /### A hub that holds less\n.*?```yaml\n(.*?)```/s,
  ) ?? []
const HOLDS_LESS = parseYaml(EXAMPLE)

/** What was stolen: the secret of the hub `default`, or the admin token, with which they speak as the hub `other`. */
type Stolen = 'secret' | 'admin token'

const HUBS = {
  secret: { own: 'default', others: 'other' },
  'admin token': { own: 'other', others: 'default' },
} as const satisfies Record<Stolen, { own: HubName; others: HubName }>

/** Tries every row: what a thief can't do changes no service, what they can do is done. */
export const stolenSuite = (
  open: () => Promise<World>,
  stolen: Stolen,
  rows: readonly Row<Thief>[],
): void => {
  const { own, others } = HUBS[stolen]
  let world: World
  /** With both hubs, and with none but this one. */
  let service: TestService
  let alone: TestService
  let bounded: TestService
  const credentialsFor: string[] = []
  /** There are none to send: this registry is not there. */
  const registryAuth = async (image: string) => {
    credentialsFor.push(image)
    return undefined
  }
  beforeAll(async () => {
    world = await open()
    const spawner = { ...(await spawnerBeside(world)), registryAuth }
    service = serviceOf(spawner, [own, others])
    alone = serviceOf(spawner, [own])
    bounded = serviceOf(spawner, [own, others], HOLDS_LESS)
    for (const [hub, server] of [
      [own, VICTIM],
      [others, OF_OTHERS],
    ] as const) {
      const started = await send(service, 'start', startOf({ server }, {}), { hub })
      expect(await started.json()).toMatchObject({ state: 'running' })
    }
  }, 120_000)
  afterAll(() => world?.close())

  const thiefOf = (given: ExpectStatic): Thief => ({
    expect: given,
    hub: own,
    otherHub: others,
    engine: world.engine,
    credentialsFor,
    createSecret: (name) => createSecret(world, name),
    server: { username: 'mallory', server_name: `n${randomUUID().slice(0, 8)}` },
    call: callsOf(service),
    callAsOnlyHub: callsOf(alone),
    callUnderPolicy: callsOf(bounded),
  })
  const callsOf =
    (service: TestService): Thief['call'] =>
    async (verb, data, headers = {}) => {
      const answer = await (stolen === 'secret'
        ? send(service, verb, data, { hub: own, headers })
        : sendAsAdmin(service, own, { verb, data, headers }))
      return { status: answer.status, text: await answer.text() }
    }

  describe.each(rows)("$thing: the thief can't $cannot.text", ({ cannot }) => {
    test.each(cannot.proofs)('$name', async ({ prove }) => {
      const before = await services(world)
      await prove(thiefOf(expect))
      expect(await services(world)).toEqual(before)
    })
  })

  describe.each(rows)('$thing: the thief can $can.text', ({ can }) => {
    // A start waits for most of its time; each has a server of its own.
    for (const { name, prove } of can.proofs)
      test.concurrent(name, ({ expect: own }) => prove(thiefOf(own)))
  })
}

/** Tries what one row says, with a thief who is there when its tests run. */
export const rowSuite = <T>(
  { thing, can, cannot }: Row<T>,
  thief: (given: ExpectStatic) => T | Promise<T>,
): void => {
  describe(thing, () => {
    test.each(cannot.proofs)("the thief can't: $name", async ({ prove }) =>
      prove(await thief(expect)),
    )
    test.each(can.proofs)('the thief can: $name', async ({ prove }) => prove(await thief(expect)))
  })
}

/** A spawner that is in a network itself, as the stack has it; how it learns that, `real-own-networks` tries. */
const spawnerBeside = async ({ spawner, engine }: World): Promise<Spawner> => {
  const network = { Name: OWN_NETWORK, Driver: 'overlay', Attachable: true }
  const { json } = await engine('POST', '/networks/create', network)
  const ids = new Map([[OWN_NETWORK, v.parse(v.object({ Id: v.string() }), json).Id]])
  return { ...spawner, networkNames: createNetworkNames(spawner.docker, async () => ({ ids })) }
}

const serviceOf = (spawner: Spawner, hubs: readonly HubName[], policy: unknown = {}): TestService =>
  createTestService({ ...spawner, policy: completePolicy(v.parse(PolicyFile, policy), hubs) })

const sendAsAdmin = async (
  service: TestService,
  hub: HubName,
  { verb, data, headers }: { verb: string; data: object; headers: Record<string, string> },
): Promise<Response> =>
  service.app.request(`/${verb}?hub=${hub}`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ type: `spawner.${verb}`, timestamp: '', data }),
  })

const Services = v.array(v.object({ ID: v.string(), Version: v.object({ Index: v.number() }) }))

/** Which services there are, and how often each was changed. */
const services = async ({ engine }: World) => {
  const found = v.parse(Services, (await engine('GET', '/services')).json)
  return found.map(({ ID, Version }) => `${ID} ${Version.Index}`).sort()
}

const Created = v.object({ ID: v.string() })

/** The id of a new secret; the embedded engine keeps none, and takes any id. */
const createSecret = async ({ engine }: World, Name: string): Promise<string> => {
  const { status, json } = await engine('POST', '/secrets/create', { Name, Data: btoa('x') })
  return status === 201 ? v.parse(Created, json).ID : 'aaaaaaaaaaaaaaaaaaaaaaaaa'
}
