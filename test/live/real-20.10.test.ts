import { openRealWorld } from './real-world.ts'
import { liveSuite } from './suite.ts'

liveSuite(() => openRealWorld('20.10'))
