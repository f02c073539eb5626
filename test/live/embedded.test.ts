import { openEmbeddedWorld } from './embedded-world.ts'
import { liveSuite } from './suite.ts'

liveSuite(() => openEmbeddedWorld())
