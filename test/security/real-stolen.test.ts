import { afterAll, beforeAll, describe } from 'vitest'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { readerOf } from './stolen/reader.ts'
import { HUB_SECRET } from './stolen/rows.ts'
import { SIGNED_CALL } from './stolen/signed-call.ts'
import { rowSuite, stolenSuite } from './stolen/suite.ts'

// The oldest Engine and the newest, one after the other.
describe.each(['20.10', '28.5'] as const)('Engine %s', (version) => {
  let world: RealWorld
  beforeAll(async () => {
    world = await openRealWorld(version)
  }, 120_000)
  afterAll(() => world?.close())

  // Both suites are in one world, which is closed here.
  stolenSuite(async () => ({ ...world, close: async () => {} }), 'secret', HUB_SECRET)
  rowSuite(SIGNED_CALL, (given) => readerOf(world, given))
})
