import type { Context } from 'hono'
import * as v from 'valibot'
import created from '../../fixtures/28.5/network-create.201.json' with { type: 'json' }
import conflict from '../../fixtures/28.5/network-create.conflict.409.json' with { type: 'json' }
import notFound from '../../fixtures/28.5/network-inspect.404.json' with { type: 'json' }
import removed from '../../fixtures/28.5/network-remove.204.json' with { type: 'json' }
import inUse from '../../fixtures/28.5/network-remove.in-use.400.json' with { type: 'json' }
import { addressStatus } from './addresses.ts'
import { Ipam, ipamOf } from './ipam.ts'
import type { Recordings } from './recordings.ts'
import type { EmbeddedNetwork, Swarm } from './swarm.ts'
import { matches, matchesLabels, readFilters } from './wire/filters.ts'
import { findByReference } from './wire/find-by-reference.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal, unrecordedRefusal } from './wire/refusal.ts'
import { readBody } from './wire/service-body.ts'
import { hexId, swarmId } from './wire/stable-id.ts'
import { timestamp } from './wire/timestamp.ts'

const PREDEFINED = ['jupyterhub', 'ingress', 'bridge', 'host', 'none']
/** The local networks, which the Engine creates by itself and refuses to remove. */
const LOCAL = ['bridge', 'host', 'none']

/** Of the overlay that is there from the start. The recorded one is full at 250 servers, as those of a real Engine are. */
const THOUSANDS = [{ Subnet: '10.128.0.0/16', Gateway: '10.128.0.1' }]

/** The networks that exist from the start: those of every Engine, and the overlay `jupyterhub`. */
export const predefinedNetworks = (
  { networks }: Recordings,
  seed: string,
  startedAt: number,
): EmbeddedNetwork[] =>
  networks.response.json
    .filter(({ Name }) => PREDEFINED.includes(Name))
    .map((network) => ({
      ...network,
      ...(network.Name === 'jupyterhub' && { IPAM: { ...network.IPAM, Config: THOUSANDS } }),
      Options: { ...network.Options },
      Id: idOf(network.Scope, `${seed}/network/${network.Name}`),
      Created: timestamp(startedAt),
    }))

const idOf = (scope: string, seed: string): string =>
  scope === 'swarm' ? swarmId(seed) : hexId(seed)

/** Finds a network by full id, exact name, or the beginning of its id. */
export const networkNamed = (swarm: Swarm, reference: string): EmbeddedNetwork | undefined =>
  findByReference(swarm.networks, reference, {
    kind: 'network',
    id: ({ Id }) => Id,
    name: ({ Name }) => Name,
  })

const FILTERS = ['name', 'id', 'driver', 'scope', 'type', 'label', 'dangling']

/** `GET /networks`. Unlike for services, a name filter matches any part of the name. */
export const listNetworks = (swarm: Swarm) => (c: Context) => {
  const filters = readFilters(c.req.query('filters'), FILTERS)
  const networks = swarm.networks.filter(
    ({ Id, Name, Driver, Scope, Labels }) =>
      matches(filters, 'id', (id) => Id.startsWith(id)) &&
      matches(filters, 'name', (name) => Name.includes(name)) &&
      matches(filters, 'driver', (driver) => Driver === driver) &&
      matches(filters, 'scope', (scope) => Scope === scope) &&
      matches(filters, 'type', (type) => LOCAL.includes(Name) === (type === 'builtin')) &&
      matchesLabels(filters, 'label', Labels ?? {}),
  )
  return recordedAnswer(swarm.recorded.networks, networks)
}

/** `GET /networks/{id}` */
export const inspectNetwork = (swarm: Swarm) => (c: Context) => {
  const network = findNetwork(swarm, c.req.param('id') ?? '')
  return recordedAnswer(swarm.recorded.network, {
    ...network,
    // Since Engine 29, only the answer for a single network has its containers.
    Containers: swarm.recorded.network.response.json.Containers,
    ...addressStatus(swarm, network, c.req.url),
  })
}

const NetworkBody = v.object({
  Name: v.pipe(v.string(), v.minLength(1)),
  Driver: v.optional(v.string(), ''),
  Attachable: v.optional(v.boolean(), false),
  Internal: v.optional(v.boolean(), false),
  IPAM: v.optional(v.nullable(Ipam)),
  Options: v.optional(v.nullable(v.record(v.string(), v.string()))),
  Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
})

/** `POST /networks/create`: an overlay belongs to the swarm, any other network to this node. */
export const createNetwork = (swarm: Swarm) => async (c: Context) => {
  const body = await readBody(c.req, NetworkBody)
  if (swarm.networks.some(({ Name }) => Name === body.Name))
    throw refusal(conflict, { [conflict.request.body.Name]: body.Name })
  const network = makeNetwork(swarm, body)
  swarm.networks.push(network)
  return recordedAnswer(created, { Id: network.Id, Warning: '' })
}

const makeNetwork = (swarm: Swarm, body: v.InferOutput<typeof NetworkBody>): EmbeddedNetwork => {
  const { Name, Attachable, Internal } = body
  const isOverlay = body.Driver === 'overlay'
  const recorded = swarm.recorded.networks.response.json.find(
    (network) => network.Name === (isOverlay ? 'jupyterhub' : 'local-bridge'),
  )
  if (!recorded) throw new Error('The fixture holds no such network')
  const number = ++swarm.made
  const ipam = ipamOf(swarm, body.IPAM, { isOverlay, number })
  const vxlan = { 'com.docker.network.driver.overlay.vxlanid_list': String(4097 + number) }
  return {
    ...recorded,
    Name,
    Attachable,
    Internal,
    // A network that Swarm could not set up says nothing of what it should have been.
    Driver: ipam ? body.Driver || recorded.Driver : '',
    Id: idOf(recorded.Scope, `${swarm.seed}/network/${number}`),
    Created: timestamp(swarm.clock().now),
    IPAM: { ...recorded.IPAM, ...(!ipam && { Driver: '' }), Config: ipam ?? null },
    Options: { ...(isOverlay && vxlan), ...body.Options },
    Labels: body.Labels ?? recorded.Labels,
  }
}

/** `DELETE /networks/{id}`: refused while a service uses the network. */
export const removeNetwork = (swarm: Swarm) => (c: Context) => {
  const { Id, Name } = findNetwork(swarm, c.req.param('id') ?? '')
  if (LOCAL.includes(Name))
    throw unrecordedRefusal(403, `${Name} is a pre-defined network and cannot be removed`)
  const user = [...swarm.services.values()].find(({ spec }) =>
    spec.TaskTemplate?.Networks?.some(({ Target }) => Target === Id),
  )
  if (user) {
    const [network = '', service = ''] =
      inUse.response.json.message.match(/\b[a-z0-9]{25}\b/g) ?? []
    throw refusal(inUse, { [network]: Id, [service]: user.id })
  }
  swarm.networks = swarm.networks.filter((network) => network.Id !== Id)
  return recordedAnswer(removed)
}

const findNetwork = (swarm: Swarm, id: string): EmbeddedNetwork => {
  const network = networkNamed(swarm, id)
  if (!network) throw refusal(notFound, { nosuch: id })
  return network
}
