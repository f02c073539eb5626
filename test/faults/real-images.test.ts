// lane: light (it waits for Swarm)
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { startEngine } from '../../lab/engine/engine-lab.ts'
import { limitDisk } from '../../lab/engine/limit-disk.ts'
import { pushIndex } from '../../lab/engine/push-index.ts'
import { passTo } from '../../lab/engine/registry-manners.ts'
import { type ImagesWorld, openImagesWorld, PUSH_TOKEN } from '../live/images-world.ts'
import { problemOf } from '../support/test-hub.ts'
import { fault, timed } from './fault-row.ts'
import { readBy } from './fault-world.ts'
import { countInWords, problemInWords, stateInWords } from './in-words.ts'

const SECTION = 'Images that are pulled ahead'
const Services = v.array(v.object({ ID: v.string() }))
const Pulled = v.object({
  images: v.array(
    v.object({
      report: v.nullable(
        v.object({
          warning: v.nullable(v.string()),
          nodes: v.array(
            v.object({ node: v.string(), state: v.string(), reason: v.nullable(v.string()) }),
          ),
        }),
      ),
      problem: v.nullable(v.object({ detail: v.string() })),
    }),
  ),
})

let world: ImagesWorld
let users = 0
beforeAll(async () => {
  world = await openImagesWorld('28.5', {
    SWARMSPAWNER_POLICY: JSON.stringify({ user: { images: ['127.0.0.1:5000/team/*'] } }),
  })
}, 120_000)
afterAll(() => world?.close())
afterEach(async () => {
  for (const gate of world.gates) await gate.behave(passTo(world.registry.address))
  for (const { ID } of await services()) await world.engine('DELETE', `/services/${ID}`)
})

const services = async () => v.parse(Services, await world.engine('GET', '/services'))
const left = async () => countInWords((await services()).length)

/** Sends an event as a registry does. */
const announce = (body: string, token = PUSH_TOKEN) =>
  fetch(`${world.url}/image-pushed/${token}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
const Ignored = v.object({ accepted: v.literal(0), ignored: v.number(), message: v.string() })

describe('an event of a registry', () => {
  const refuses = (name: string, send: () => Promise<Response>, code: string) =>
    fault(SECTION, name, { withinS: 2 }, async () => {
      const { value: problem, seconds } = await timed(async () => problemOf(await send()))
      expect(problem).toMatchObject({ code, retryable: false })
      expect(await left()).toBe('nothing')
      return { answer: problemInWords(problem), user_message: '', seconds, left: 'nothing' }
    })
  const ignores = (name: string, body: string, words: string) =>
    fault(SECTION, name, { withinS: 2 }, async () => {
      const { value: answer, seconds } = await timed(() => announce(body))
      expect(answer.status).toBe(202)
      const { message } = v.parse(Ignored, await answer.json())
      expect(message).toContain(words)
      expect(await left()).toBe('nothing')
      return { answer: `**202**: ${message}`, user_message: '', seconds, left: 'nothing' }
    })

  refuses('the token of an event is wrong', () => announce('{}', `${PUSH_TOKEN}x`), 'unauthorized')
  refuses(
    'an event has 5 MB',
    () => announce(JSON.stringify({ events: 'x'.repeat(5e6) })),
    'too_large',
  )
  refuses('an event is not JSON', () => announce('<h1>It works!</h1>'), 'invalid_json')
  ignores(
    'an event is of a registry that nobody knows',
    JSON.stringify({ kind: 'artifact.pushed', subject: { name: 'team/lab', tag: '1' } }),
    'is no event of a registry',
  )
  const event = (repository: string) => ({
    action: 'push',
    target: {
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      digest: `sha256:${'a'.repeat(64)}`,
      repository,
      tag: '1',
    },
    request: { host: '127.0.0.1:5000' },
  })
  ignores(
    'an event is about an image that nobody lists',
    JSON.stringify({ events: [event('other/lab')] }),
    'neither the profiles of the hub nor the images of the policy name',
  )
})

describe('an image that cannot be everywhere', () => {
  const startOn = (node: string, image: string) => ({
    server: { username: `user-${users++}`, server_name: '' },
    spawn_id: 'a',
    issued_at: Date.now(),
    wait_s: 60,
    config: {
      container_spec: { image },
      networks: ['jupyterhub'],
      placement: [`node.hostname==${node}`],
    },
  })
  const pull = async (image: string) => {
    const { value, seconds } = await timed(() =>
      world.call('pull', { images: [{ image }], wait_s: 30 }),
    )
    const [pulled] = v.parse(Pulled, value).images
    if (!pulled?.report) throw new Error(`${image}: ${pulled?.problem?.detail}`)
    // Swarm lists nodes in any order.
    const nodes = pulled.report.nodes.toSorted((a, b) => a.node.localeCompare(b.node))
    return { report: { ...pulled.report, nodes }, seconds }
  }
  type Report = Awaited<ReturnType<typeof pull>>['report']
  const wordsOf = ({ nodes, warning }: Report) =>
    [
      ...nodes.map(
        ({ node, state, reason }) => `${node}: **${state}**${reason ? `, ${reason}` : ''}`,
      ),
      ...(warning === null ? [] : [warning]),
    ]
      .join('; ')
      .replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')

  fault(SECTION, 'no node can run the image', { withinS: 10 }, async () => {
    const { digest } = await world.push('other/platforms:1')
    const platforms = ['linux/arm64']
    const index = { repository: 'other/platforms', tag: 'arm', manifest: digest, platforms }
    await pushIndex(world.registry, index)
    const { report, seconds } = await pull('127.0.0.1:5000/other/platforms:arm')
    expect(report.nodes.map(({ state }) => state)).toEqual(['failed', 'failed'])
    return { answer: wordsOf(report), user_message: '', seconds, left: 'its pull job' }
  })

  fault(SECTION, 'the registry of the image is stopped', { withinS: 30 }, async () => {
    const { image } = await world.push('other/away:1')
    for (const gate of world.gates) await gate.behave('down')
    const { report, seconds } = await pull(image)
    expect(report.nodes.map(({ state }) => state)).toEqual(['failed', 'failed'])
    return { answer: wordsOf(report), user_message: '', seconds, left: 'its pull job' }
  })

  fault(SECTION, 'the disk of one node of three is full', { withinS: 30 }, async () => {
    const place = { hostname: 'node-3', address: '192.0.2.12' }
    const full = await startEngine({ version: '28.5', swarm: false, ...place })
    // Less than the one layer of the image has.
    await limitDisk(full, 1024 * 1024)
    await world.join(full)
    const { image } = await world.push('other/large:1')
    const { report, seconds } = await pull(image)
    expect(report.nodes.map(({ node, state }) => [node, state])).toEqual([
      ['node-1', 'there'],
      ['node-2', 'there'],
      ['node-3', 'failed'],
    ])
    expect((await world.ask('start', startOn('node-2', image))).state).toBe('running')
    return { answer: wordsOf(report), user_message: '', seconds, left: 'its pull job' }
  })

  fault(SECTION, 'a start on the node whose disk is full', { withinS: 10 }, async () => {
    const { image } = await world.push('other/large:2', 'second')
    const { value: state, seconds } = await timed(() =>
      world.ask('start', startOn('node-3', image)),
    )
    expect(state).toMatchObject({ state: 'failed', advice: expect.any(String) })
    expect(await left()).toBe('nothing')
    const answer = stateInWords(state).replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…')
    return { answer, ...readBy(state), seconds, left: 'nothing' }
  })
})
