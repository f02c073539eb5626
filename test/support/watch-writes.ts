import * as v from 'valibot'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import type { EmbeddedEngine } from '../../src/embedded/engine.ts'
import type { Act } from '../../src/spawner/audit.ts'

/** A change that an Engine has made: of a service, or of a node. */
export type Write = { what: 'create' | 'update' | 'remove' | 'node'; id: string }

/** The acts that tell of each kind of change. */
const ACTS_OF: Readonly<Record<Write['what'], readonly Act['act'][]>> = {
  create: ['start', 'pull'],
  update: ['pull', 'drop'],
  remove: ['replace', 'discard', 'end', 'stop', 'forget', 'gc', 'drop'],
  node: ['drain'],
}

const Created = v.object({ ID: v.string() })

/** The same engine, and what it was made to change. A request that changes anything else fails. */
export const watchWrites = (engine: EmbeddedEngine) => {
  const writes: Write[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await engine.fetch(request)
    if (request.method === 'GET' || request.method === 'HEAD' || !answer.ok) return answer
    const path = new URL(request.url).pathname.replace(/^\/v[\d.]+/, '')
    const [, kind, id = '', action] = path.split('/')
    if (kind === 'services' && id === 'create')
      writes.push({ what: 'create', id: v.parse(Created, await answer.clone().json()).ID })
    else if (kind === 'services' && request.method === 'DELETE') writes.push({ what: 'remove', id })
    else if (kind === 'services' && action === 'update') writes.push({ what: 'update', id })
    else if (kind === 'nodes' && action === 'update') writes.push({ what: 'node', id })
    else throw new Error(`${request.method} ${path}: which act tells of it?`)
    return answer
  }
  const transport = fetchTransport('http://embedded', (url, init) => fetch(new Request(url, init)))
  return { writes, engine: { fetch, transport } satisfies EmbeddedEngine }
}

type Line = Partial<Act>

/**
 * The changes without an act that tells of them: one for each, of the service's id. A node is told by its name; a pull job is emptied
 * and removed in one act.
 */
export const untold = (
  writes: readonly Write[],
  lines: readonly Line[],
  nameOfNode: (id: string) => string = (id) => id,
): Write[] => {
  const left = [...lines]
  const isTold = ({ what, id }: Write): boolean => {
    const at = left.findIndex(
      ({ act, service_id, node }) =>
        act !== undefined &&
        ACTS_OF[what].includes(act) &&
        (what === 'node' ? node === nameOfNode(id) : service_id === id),
    )
    const isTwofold = what === 'update' && left[at]?.act === 'drop'
    if (at >= 0 && !isTwofold) left.splice(at, 1)
    return at >= 0
  }
  return writes.filter((write) => !isTold(write))
}
