import { afterAll, beforeAll, describe } from 'vitest'
import { type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { restartsSuite } from './restarts-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startEngine({ version: '20.10' })
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 3.0', () => restartsSuite(() => engine, '3.0'))
