import { type EngineVersion, type RealEngine, startEngine } from '../engine/engine-lab.ts'
import type { Release } from '../engine/jupyter-rootfs.ts'
import { keptHubImages, keptServiceImage } from './hub-images.ts'

/** Starts a throw-away Engine for hubs of these releases. It has their images and that of the service from the start. */
export const startHubEngine = async (
  releases: readonly Release[],
  version: EngineVersion,
): Promise<RealEngine> => {
  const images = await Promise.all([keptServiceImage(), ...releases.map(keptHubImages)])
  return startEngine({ version, images: images.flat() })
}
