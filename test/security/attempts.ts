import type { Family } from './attempt.ts'
import { AMOUNTS } from './attempts-amounts.ts'
import { FORGING } from './attempts-forging.ts'
import { IMAGES } from './attempts-images.ts'
import { ON_NETWORKS } from './attempts-networks.ts'
import { OF_HUBS } from './attempts-of-hubs.ts'
import { ON_FILES } from './attempts-on-files.ts'
import { ON_HUBS } from './attempts-on-hubs.ts'
import { ON_NODES } from './attempts-on-nodes.ts'
import { OTHERS } from './attempts-others.ts'
import { IN_PROFILES } from './attempts-profiles.ts'
import { ON_VOLUMES } from './attempts-volumes.ts'

/** All that must never pass by default; whoever finds another way adds a row to one of these. */
export const FAMILIES: readonly Family[] = [
  ...ON_FILES,
  ...ON_NODES,
  ...ON_HUBS,
  ...OF_HUBS,
  ...OTHERS,
  ...ON_VOLUMES,
  ...AMOUNTS,
  ...FORGING,
  ...IMAGES,
  ...ON_NETWORKS,
  ...IN_PROFILES,
]
