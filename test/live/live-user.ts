import * as v from 'valibot'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { ask, type CallOptions } from '../support/test-hub.ts'
import type { World } from './world.ts'

const Services = v.array(v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }))

/** What a server of the live suite is made of, unless its case says otherwise. */
export const notebook = {
  container_spec: { image: 'scenario/notebook:1' },
  networks: ['jupyterhub'],
}

/** A user of one case: the cases run side by side, and none sees the servers of another. */
export const liveUser = (world: World, username: string) => {
  const alice = { username, server_name: '' }
  const lab = { username, server_name: 'lab' }
  const other = { username: `${username}-other`, server_name: '' }
  const owners = [alice, other].map((user) => ownerHash(user.username))

  const start = (data: object, options?: CallOptions) =>
    ask(world.service, 'start', { server: alice, config: notebook, ...data }, options)
  const poll = (data: object = { server: alice }, options?: CallOptions) =>
    ask(world.service, 'poll', data, options)
  const stop = (data: object = { server: alice }, options?: CallOptions) =>
    ask(world.service, 'stop', data, options)
  /** A server that ends at once may be seen running for a moment. */
  const startUntilEnded = async (data: object) => {
    const state = await start(data)
    const { cursor } = state
    return state.state === 'running' ? poll({ server: alice, cursor, wait_s: 20 }) : state
  }
  const services = async () => {
    const all = v.parse(Services, (await world.engine('GET', '/services')).json)
    return all.filter(({ Spec }) => owners.some((owner) => Spec.Name.includes(owner)))
  }
  const serviceNames = async () => (await services()).map(({ Spec }) => Spec.Name)
  const removeAll = async () => {
    for (const { ID } of await services()) await world.engine('DELETE', `/services/${ID}`)
  }
  const owner = ownerHash(username)
  const verbs = { start, poll, stop, startUntilEnded }
  return { alice, lab, other, owner, ...verbs, serviceNames, removeAll }
}
export type LiveUser = ReturnType<typeof liveUser>
