import { afterAll, beforeAll, describe } from 'vitest'
import { type RealEngine, startEngine } from '../support/lab/engine-lab.ts'
import { gcSuite } from './gc-suite.ts'
import { settingsSuite } from './settings-suite.ts'
import { truthSuite } from './truth-suite.ts'

let engine: RealEngine
beforeAll(async () => {
  engine = await startEngine({ version: '28.5' })
}, 120_000)
afterAll(() => engine?.stop())

describe('JupyterHub 6.1', () => {
  describe('settings', () => settingsSuite(() => engine, '6.1'))
  describe('the truth', () => truthSuite(() => engine, '6.1'))
  describe('what is left behind', () => gcSuite(() => engine, '6.1'))
})
