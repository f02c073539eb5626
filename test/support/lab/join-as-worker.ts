import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { askEngine } from './call-engine.ts'
import type { RealEngine } from './engine-lab.ts'

const Swarm = v.object({ JoinTokens: v.object({ Worker: v.string() }) })

/** Lays a cable between two engines of different addresses, and makes one a worker in the other's swarm. */
export async function joinAsWorker(worker: RealEngine, manager: RealEngine): Promise<void> {
  await connect(worker, manager)
  const swarm = await askEngine(manager.socketPath, { method: 'GET', path: '/swarm' })
  const body = {
    ListenAddr: '0.0.0.0:2377',
    AdvertiseAddr: worker.address,
    RemoteAddrs: [`${manager.address}:2377`],
    JoinToken: v.parse(Swarm, swarm).JoinTokens.Worker,
  }
  await askEngine(worker.socketPath, { method: 'POST', path: '/swarm/join', body })
}

async function connect(one: RealEngine, other: RealEngine): Promise<void> {
  const cable = `to-${other.address.split('.').at(-1)}`
  const back = `to-${one.address.split('.').at(-1)}`
  const peer = ['peer', 'name', back, 'netns', other.namespace.pid]
  await ip(one, 'link', 'add', cable, 'type', 'veth', ...peer)
  await ip(one, 'link', 'set', cable, 'up')
  await ip(other, 'link', 'set', back, 'up')
  // More specific than the /24 on eth0, where nobody is.
  await ip(one, 'route', 'add', `${other.address}/32`, 'dev', cable, 'src', one.address)
  await ip(other, 'route', 'add', `${one.address}/32`, 'dev', back, 'src', other.address)
}

async function ip(engine: RealEngine, ...args: string[]): Promise<void> {
  const [command = '', ...rest] = [...engine.namespace.inNetwork, 'ip', ...args]
  await promisify(execFile)(command, rest)
}
