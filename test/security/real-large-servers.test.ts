import { describe } from 'vitest'
import { openRealWorld } from '../live/real-world.ts'
import { largeServersSuite } from './large-servers-suite.ts'

// The oldest Engine and the newest, one after the other.
describe.each(['20.10', '28.5'] as const)('Engine %s', (version) =>
  largeServersSuite(() => openRealWorld(version)),
)
