import { afterAll, beforeAll, describe } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startHubEngine(['3.0'], '20.10')
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 3.0', () => restartsSuite(() => engine, '3.0'))
