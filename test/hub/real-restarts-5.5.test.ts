import { afterAll, beforeAll, describe } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { restartsSuite } from './restarts-suite.ts'
import { wayBackSuite } from './way-back-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startHubEngine(['5.5'], '28.5')
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 5.5', () => restartsSuite(() => engine, '5.5'))

describe('moving in with JupyterHub 5.5', () => wayBackSuite(() => engine, '5.5'))
