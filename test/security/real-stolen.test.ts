import { describe } from 'vitest'
import { openRealWorld } from '../live/real-world.ts'
import { HUB_SECRET } from './stolen/rows.ts'
import { stolenSuite } from './stolen/suite.ts'

// The oldest Engine and the newest, one after the other.
describe.each(['20.10', '28.5'] as const)('Engine %s, with a stolen secret', (version) =>
  stolenSuite(() => openRealWorld(version), 'secret', HUB_SECRET),
)
