import { describe } from 'vitest'
import { openEmbeddedWorld } from '../live/embedded-world.ts'
import { largeServersSuite } from './large-servers-suite.ts'

describe('on the embedded engine', () => largeServersSuite(() => openEmbeddedWorld({ speed: 20 })))
