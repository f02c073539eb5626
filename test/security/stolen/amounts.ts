import type { Row } from './proof.ts'
import { isRefused, mayStart, type Thief, underPolicy } from './thief.ts'

const GIB = 2 ** 30
const ofContainer = (fields: object) => ({ container_spec: fields })
const ofResources = (fields: object) => ({ resource_spec: fields })

/** How much a server may have: there are no ceilings but those of a policy. */
export const AMOUNTS: Row<Thief> = {
  thing: 'amounts',
  can: {
    text: 'ask for everything that the nodes have, and for a GPU',
    proofs: [
      mayStart('CPUs and memory', ofResources({ cpu_limit: 512e9, mem_limit: 4096 * GIB })),
      mayStart('reserved', ofResources({ cpu_reservation: 512e9, mem_reservation: 4096 * GIB })),
      mayStart('a GPU', ofResources({ generic_resources: { gpu: 1 } })),
      mayStart('open files', ofContainer({ ulimits: [{ Name: 'nofile', Soft: -1, Hard: -1 }] })),
    ],
  },
  cannot: {
    text: 'ask for more than your policy says, such as [this one](policy.md#a-hub-that-holds-less); make the kernel kill other processes first when a node runs out of memory',
    proofs: [
      ...[
        isRefused('CPUs', ofResources({ cpu_limit: 9e9 }), 'resource_spec.cpu_limit'),
        isRefused('memory', ofResources({ mem_limit: 33 * GIB }), 'resource_spec.mem_limit'),
        isRefused('processes', ofResources({}), 'resource_spec.Limits.Pids'),
        isRefused(
          'what is reserved',
          ofResources({ cpu_reservation: 3e9 }),
          'resource_spec.cpu_reservation',
        ),
        isRefused(
          'a GPU',
          ofResources({ generic_resources: { gpu: 1 } }),
          'resource_spec.generic_resources',
        ),
        isRefused(
          'open files',
          ofContainer({ ulimits: [{ Name: 'nofile', Soft: 1, Hard: 65_537 }] }),
          'container_spec.ulimits.0',
        ),
      ].map(underPolicy),
      isRefused('killed last', ofContainer({ oom_score_adj: -1 }), 'container_spec.oom_score_adj'),
    ],
  },
}
