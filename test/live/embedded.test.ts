// lane: light (it waits for scenarios)
import { openEmbeddedWorld } from './embedded-world.ts'
import { liveSuite } from './suite.ts'

liveSuite(() => openEmbeddedWorld())
