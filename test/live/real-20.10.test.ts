// lane: light (it waits for Swarm, and computes a quarter of the time)
import { openRealWorld } from './real-world.ts'
import { liveSuite } from './suite.ts'

liveSuite(() => openRealWorld('20.10'))
