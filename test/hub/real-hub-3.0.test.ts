import { afterAll, beforeAll, describe } from 'vitest'
import { type RealEngine, startEngine } from '../support/lab/engine-lab.ts'
import { gcSuite } from './gc-suite.ts'
import { settingsSuite } from './settings-suite.ts'
import { truthSuite } from './truth-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startEngine({ version: '20.10' })
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 3.0', () => {
  describe('settings', () => settingsSuite(() => engine, '3.0'))
  describe('the truth', () => truthSuite(() => engine, '3.0'))
  describe('what is left behind', () => gcSuite(() => engine, '3.0'))
})
