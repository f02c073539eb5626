import type { Context } from 'hono'
import * as v from 'valibot'
import notFound from '../../fixtures/28.5/node-inspect.404.json' with { type: 'json' }
import { drainNode } from './drain-node.ts'
import type { EmbeddedOptions } from './embedded-options.ts'
import { embeddedVersion, type Recordings } from './recordings.ts'
import { type EmbeddedNode, nextIndex, type RecordedNode, type Swarm } from './swarm.ts'
import { matches, matchesLabels, readFilters } from './wire/filters.ts'
import { findByReference } from './wire/find-by-reference.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal, unrecordedRefusal } from './wire/refusal.ts'
import { readBody } from './wire/service-body.ts'
import { swarmId } from './wire/stable-id.ts'
import { timestamp } from './wire/timestamp.ts'

/** The host name of the node that answers. */
export const ENGINE_NAME = 'embedded'

/** Replaces the redacted certificates, for clients that decode base64: the word "embedded". */
export const TLS_INFO = {
  TrustRoot: '',
  CertIssuerSubject: 'ZW1iZWRkZWQ=',
  CertIssuerPublicKey: 'ZW1iZWRkZWQ=',
}

type NodeOptions = EmbeddedOptions & { recorded: Recordings; seed: string; startedAt: number }

/** Makes the nodes: one manager, which is the engine itself, and workers. */
export const createNodes = (options: NodeOptions): EmbeddedNode[] => {
  const { nodes, twoNodes } = options.recorded
  const manager = nodes.response.json[0]
  const worker = twoNodes.response.json.find(({ Spec }) => Spec.Role === 'worker')
  if (!manager || !worker) throw new Error('The fixtures hold no node')
  return Array.from({ length: Math.max(1, options.nodes ?? 1) }, (_, index) =>
    createNode(index === 0 ? manager : worker, index, options),
  )
}

const createNode = (recorded: RecordedNode, index: number, options: NodeOptions): EmbeddedNode => {
  const { Resources, Engine } = recorded.Description
  const { memoryBytes, nanoCpus, genericResources } = options.nodeResources?.[index] ?? {}
  return {
    ...recorded,
    ID: swarmId(`${options.seed}/node/${index}`),
    CreatedAt: timestamp(options.startedAt),
    UpdatedAt: timestamp(options.startedAt),
    Description: {
      ...recorded.Description,
      Hostname: index === 0 ? ENGINE_NAME : `${ENGINE_NAME}-${index + 1}`,
      Resources: {
        NanoCPUs: nanoCpus ?? options.nanoCpus ?? Resources.NanoCPUs,
        MemoryBytes: memoryBytes ?? options.memoryBytes ?? Resources.MemoryBytes,
        ...(genericResources && { GenericResources: genericResources }),
      },
      Engine: { ...Engine, EngineVersion: embeddedVersion(options.recorded) },
      TLSInfo: TLS_INFO,
    },
  }
}

const FILTERS = ['id', 'name', 'role', 'membership', 'label', 'node.label']

/** `GET /nodes` */
export const listNodes = (swarm: Swarm) => (c: Context) => {
  const filters = readFilters(c.req.query('filters'), FILTERS)
  const nodes = swarm.nodes.filter(
    ({ ID, Spec, Description }) =>
      matches(filters, 'id', (id) => ID.startsWith(id)) &&
      matches(filters, 'name', (name) => Description.Hostname.startsWith(name)) &&
      matches(filters, 'role', (role) => Spec.Role === role) &&
      matches(filters, 'membership', (membership) => membership === 'accepted') &&
      matchesLabels(filters, 'label', {}) &&
      matchesLabels(filters, 'node.label', Spec.Labels),
  )
  return recordedAnswer(swarm.recorded.nodes, nodes)
}

/** `GET /nodes/{id}` */
export const inspectNode = (swarm: Swarm) => (c: Context) =>
  recordedAnswer(swarm.recorded.nodes, findNode(swarm, c.req.param('id') ?? ''))

const NodeSpec = v.object({
  Name: v.optional(v.string()),
  Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
  Role: v.picklist(['worker', 'manager']),
  Availability: v.picklist(['active', 'pause', 'drain']),
})

/** `POST /nodes/{id}/update`: changes labels and availability, for placement. A role stays as it is. */
export const updateNode = (swarm: Swarm) => async (c: Context) => {
  const node = findNode(swarm, c.req.param('id') ?? '')
  const spec = await readBody(c.req, NodeSpec)
  if (Number(c.req.query('version')) !== node.Version.Index)
    throw unrecordedRefusal(500, 'rpc error: code = Unknown desc = update out of sequence')
  node.Spec = { ...node.Spec, Availability: spec.Availability, Labels: spec.Labels ?? {} }
  node.Version = { Index: nextIndex(swarm) }
  node.UpdatedAt = timestamp(swarm.clock().now)
  if (spec.Availability === 'drain') drainNode(swarm, node.ID)
  return recordedAnswer(swarm.recorded.nodes, '')
}

const findNode = (swarm: Swarm, id: string): EmbeddedNode => {
  const node = findByReference(swarm.nodes, id, {
    kind: 'node',
    id: ({ ID }) => ID,
    name: ({ Description }) => Description.Hostname,
  })
  if (!node) throw refusal(notFound, { nosuch: id })
  return node
}
