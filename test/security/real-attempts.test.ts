import { openRealWorld } from '../live/real-world.ts'
import { attemptsSuite } from './attempts-suite.ts'

attemptsSuite(() => openRealWorld('28.5'))
