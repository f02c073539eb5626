import { connectDocker, type Docker } from '../docker/docker.ts'
import type { OwnContainer } from '../docker/own-container.ts'
import type { EngineTransport } from '../docker/transport.ts'
import type { Audit } from './audit.ts'
import { createDataRoot, type DataRoot } from './engine/data-root.ts'
import { createHealthChecks, type HealthChecks } from './engine/health-checks.ts'
import { createKnownNames, type KnownNames } from './engine/known-names.ts'
import { createNetworkNames, type NetworkNames } from './engine/network-names.ts'
import { createNetworkRooms, type NetworkRooms } from './engine/network-rooms.ts'
import { createOwnNetworks } from './engine/own-networks.ts'
import { createServicePast, type ServicePast } from './engine/service-past.ts'
import { createSwarmFacts, type SwarmFacts } from './engine/swarm-facts.ts'
import { type Ahead, createAhead } from './images/ahead.ts'
import { createDigests, type Digests } from './images/digests.ts'
import type { DigestMemory } from './images/tag-memory.ts'
import { createKnownMaintenance, type KnownMaintenance } from './maintenance/known-maintenance.ts'
import { createLookAround, type LookAround } from './overview.ts'
import { BUILT_IN_POLICY, type Policy } from './policy/policy.ts'
import { createQuotaLook, type QuotaLook } from './quota/quota-look.ts'
import { createKnownServices, type KnownServices } from './server/known-services.ts'
import { createTaskWatch, type TaskWatch } from './server/task-watch.ts'
import { PULL_PATIENCE_MS } from './state/failing-pull.ts'
import { createNodeNames, type NodeNames } from './state/node-names.ts'
import { createSwarmLook, LOOK_PATIENCE_MS, type SwarmLook } from './state/swarm-look.ts'

/**
 * Everything that start, poll and stop need. What it remembers only saves calls to the Engine; a copy that
 * remembers nothing gives the same answers.
 */
export type Spawner = {
  docker: Docker
  /** Looks at tasks, with one request for all callers that wait. */
  watch: TaskWatch
  nodeNames: NodeNames
  maintenance: KnownMaintenance
  knownServices: KnownServices
  networkNames: NetworkNames
  knownNames: KnownNames
  networkRooms: NetworkRooms
  healthChecks: HealthChecks
  servicePast: ServicePast
  swarmFacts: SwarmFacts
  swarmLook: SwarmLook
  lookAround: LookAround
  quotaLook: QuotaLook
  dataRoot: DataRoot
  /** The `X-Registry-Auth` header for an image, if there are credentials for its registry. */
  registryAuth: (image: string) => Promise<string | undefined>
  /** The digests of the tags that images are named by. */
  digests: Digests
  /** What pull jobs tell of a task's image on its node. */
  ahead: Ahead
  /** What hubs and their users may ask for. */
  policy: Policy
  /** How long a pull may fail with the same words before its start is given up. */
  pullPatienceMs: number
  /** How long `explain` waits until it says what fits, in milliseconds. */
  lookPatienceMs: number
  /** Takes note of what is done to the Swarm. */
  audit: Audit
  /** Milliseconds since 1970. */
  now: () => number
}

/** What a spawner is made with. What is left out has a default. */
export type SpawnerSettings = Partial<
  Pick<Spawner, 'registryAuth' | 'policy' | 'pullPatienceMs' | 'lookPatienceMs' | 'audit' | 'now'>
> & {
  ownContainer?: OwnContainer | undefined
  /** How long the digest of a tag is good, in milliseconds. */
  digestTtlMs?: number | undefined
  /** The memory of another spawner, for platforms on which each request has its own. */
  digestMemory?: DigestMemory | undefined
}

/**
 * Makes a spawner from an Engine's transport. With `ownContainer`, servers are kept out of the networks that
 * this service is in.
 */
export const createSpawner = (
  transport: EngineTransport,
  {
    registryAuth = async () => undefined,
    policy = BUILT_IN_POLICY,
    pullPatienceMs = PULL_PATIENCE_MS,
    lookPatienceMs = LOOK_PATIENCE_MS,
    digestTtlMs,
    digestMemory,
    audit = () => {},
    now = Date.now,
    ownContainer,
  }: SpawnerSettings = {},
): Spawner => {
  const docker = connectDocker(transport)
  const ownNetworks = createOwnNetworks(docker, ownContainer, now)
  const maintenance = createKnownMaintenance(now)
  return {
    docker,
    watch: createTaskWatch(docker),
    nodeNames: createNodeNames(docker, maintenance.note),
    maintenance,
    knownServices: createKnownServices(),
    networkNames: createNetworkNames(docker, ownNetworks),
    knownNames: createKnownNames(docker, ownNetworks, now),
    networkRooms: createNetworkRooms(docker, now),
    healthChecks: createHealthChecks(docker, now),
    servicePast: createServicePast(docker, now),
    swarmFacts: createSwarmFacts(docker, now),
    swarmLook: createSwarmLook(docker, now),
    lookAround: createLookAround(docker, now),
    quotaLook: createQuotaLook(docker, now),
    dataRoot: createDataRoot(docker, now),
    registryAuth,
    digests: createDigests(docker, {
      registryAuth,
      ttlMs: digestTtlMs,
      memory: digestMemory,
      now,
    }),
    ahead: createAhead(docker, now),
    policy,
    pullPatienceMs,
    lookPatienceMs,
    audit,
    now,
  }
}
