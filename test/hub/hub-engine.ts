import { afterAll, beforeAll } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { engineOf, type RealHub } from '../../lab/engine/hub-versions.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'

/** Gives a file's tests an Engine for hubs of a version: the one that hub-versions.ts names. */
export const hubEngine = (series: RealHub['series']): (() => RealEngine) => {
  let engine: RealEngine
  beforeAll(async () => {
    engine = await startHubEngine([series], engineOf(series))
  }, 120_000)
  afterAll(() => engine?.stop())
  return () => engine
}
