import { afterAll, beforeAll, describe } from 'vitest'
import { type RealEngine, startEngine } from '../support/lab/engine-lab.ts'
import { engineOf, type RealHub } from '../support/lab/hub-versions.ts'
import { gcSuite } from './gc-suite.ts'
import { settingsSuite } from './settings-suite.ts'
import { truthSuite } from './truth-suite.ts'

/** What a real hub has to do, on the Engine that hub-versions.ts names. */
export const hubSuites = (series: RealHub['series']): void => {
  let engine: RealEngine
  beforeAll(async () => {
    engine = await startEngine({ version: engineOf(series) })
  }, 120_000)
  afterAll(() => engine?.stop())

  describe(`JupyterHub ${series}`, () => {
    describe('settings', () => settingsSuite(() => engine, series))
    describe('the truth', () => truthSuite(() => engine, series))
    describe('what is left behind', () => gcSuite(() => engine, series))
  })
}
