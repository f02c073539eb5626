// lane: light (it waits for scenarios)
import { openEmbeddedWorld } from './embedded-world.ts'
import { liveSuite } from './suite.ts'

// Faster than recorded: the pace is that of 28.5, on which the suite runs as it is.
liveSuite(() => openEmbeddedWorld({ as: '29.7', speed: 5 }))
