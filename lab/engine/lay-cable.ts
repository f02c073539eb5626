import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RealEngine } from './engine-lab.ts'

/** The only connection between two Engines. */
export interface Cable {
  /** Pulls the cable: data on its way is lost, and no end is told. */
  pull(): Promise<void>
  /** Plugs it in again. */
  plug(): Promise<void>
}

/** Lays a cable between two engines of different addresses. */
export async function layCable(one: RealEngine, other: RealEngine): Promise<Cable> {
  const peer = ['peer', 'name', nameOf(one), 'netns', other.namespace.pid]
  await ip(one, 'link', 'add', nameOf(other), 'type', 'veth', ...peer)
  const bothWays = [
    [one, other],
    [other, one],
  ] as const
  const plug = async () => {
    for (const [engine, far] of bothWays) await ip(engine, 'link', 'set', nameOf(far), 'up')
    for (const [engine, far] of bothWays) await route(engine, far)
  }
  await plug()
  const pull = async () => {
    for (const [engine, far] of bothWays) await ip(engine, 'link', 'set', nameOf(far), 'down')
  }
  return { pull, plug }
}

const nameOf = ({ address }: RealEngine): string => `to-${address.split('.').at(-1)}`

/**
 * A route that is more specific than the /24 on eth0, where nobody is. It disappears when the link is set down.
 */
const route = (from: RealEngine, to: RealEngine): Promise<void> =>
  ip(from, 'route', 'replace', `${to.address}/32`, 'dev', nameOf(to), 'src', from.address)

async function ip(engine: RealEngine, ...args: string[]): Promise<void> {
  const [command = '', ...rest] = [...engine.namespace.inNetwork, 'ip', ...args]
  await promisify(execFile)(command, rest)
}
