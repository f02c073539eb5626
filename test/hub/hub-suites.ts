import { describe } from 'vitest'
import type { RealHub } from '../../lab/engine/hub-versions.ts'
import { gcSuite } from './gc-suite.ts'
import { hubEngine } from './hub-engine.ts'
import { settingsSuite } from './settings-suite.ts'
import { truthSuite } from './truth-suite.ts'

/** What a real hub has to do; a file has one part or two, so that files take about as long as each other. */
const PARTS = {
  settings: settingsSuite,
  'the truth': truthSuite,
  'what is left behind': gcSuite,
} as const

/** Runs parts of what a real hub has to do, on one Engine: that which hub-versions.ts names. */
export const hubSuites = (
  series: RealHub['series'],
  ...parts: readonly (keyof typeof PARTS)[]
): void => {
  const engine = hubEngine(series)

  describe(`JupyterHub ${series}`, () => {
    for (const part of parts) describe(part, () => PARTS[part](engine, series))
  })
}
