// lane: light (it waits for Swarm)

import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { passTo, withSlowLayers } from '../../lab/engine/registry-manners.ts'
import { type ImagesWorld, openImagesWorld } from './images-world.ts'

let world: ImagesWorld
let users = 0
const someone = () => ({ username: `user-${users++}`, server_name: '' })
const Services = v.array(
  v.object({ ID: v.string(), Spec: v.object({ Labels: v.looseObject({}) }) }),
)

beforeAll(async () => {
  world = await openImagesWorld('28.5', {
    SWARMSPAWNER_POLICY: JSON.stringify({ user: { images: ['127.0.0.1:5000/team/*'] } }),
  })
}, 120_000)
afterAll(() => world?.close())
afterEach(async () => {
  for (const gate of world.gates) await gate.behave(passTo(world.registry.address))
  const services = v.parse(Services, await world.engine('GET', '/services'))
  for (const { ID } of services) await world.engine('DELETE', `/services/${ID}`)
})

const startOf = (image: string, node: string, more: object = {}) => ({
  server: someone(),
  spawn_id: 'a',
  issued_at: Date.now(),
  wait_s: 60,
  config: {
    container_spec: { image },
    networks: ['jupyterhub'],
    placement: [`node.hostname==${node}`],
    ...more,
  },
})
const messagesOf = ({ events }: { events: readonly { message: string }[] }) =>
  events.map(({ message }) => message)

describe('a download', () => {
  test('is told with its node and its length, while it goes on and at its end', async () => {
    const { image } = await world.push('slow:1')
    await world.gates[1].behave(withSlowLayers(passTo(world.registry.address), 6000))
    const state = await world.ask('start', startOf(image, 'node-2'))
    expect(state).toMatchObject({ state: 'running', task: { node: 'node-2' } })
    const told = messagesOf(state)
    expect(told).toContain(
      'Still preparing on node-2, for 5 seconds now: it downloads the image if it does not have it',
    )
    expect(told.join('\n')).toMatch(/^\w+ on node-2 \(preparing took (?:[6-9]|\d\d) seconds\)$/m)
    expect(told.join('\n')).not.toContain('%')
  })
})

describe('a push that the registry announces', () => {
  const isOnBoth = async (pushed: { image: string; digest: string }) => {
    const name = pushed.image.replace(/:[^:/]*$/, `@${pushed.digest}`)
    return Promise.all(world.nodes.map((node) => world.has(node, name)))
  }
  const onBoth = { timeout: 90_000, interval: 500 }

  test('puts the image on both nodes before anybody starts it', async () => {
    const pushed = await world.push('announced:1')
    await expect.poll(() => isOnBoth(pushed), onBoth).toEqual([true, true])
    expect(JSON.stringify(world.logged)).not.toContain('the-push-token')
  })

  test('replaces the job of an older digest', async () => {
    const old = await world.push('moving:1', 'old')
    await expect.poll(() => isOnBoth(old), onBoth).toEqual([true, true])
    const pushed = await world.push('moving:1', 'new')
    await expect.poll(() => isOnBoth(pushed), onBoth).toEqual([true, true])
    const services = v.parse(Services, await world.engine('GET', '/services'))
    expect(services.map(({ Spec }) => Spec.Labels['org.swarmspawner.pull-digest'])).toEqual([
      pushed.digest,
    ])
  })
})
