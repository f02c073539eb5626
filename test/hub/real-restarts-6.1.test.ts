import { afterAll, beforeAll, describe } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startHubEngine(['6.1'], '28.5')
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 6.1', () => restartsSuite(() => engine, '6.1'))
