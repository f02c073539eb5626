import { afterAll, beforeAll, describe } from 'vitest'
import { testFailedStarts } from './browser-failed-starts.ts'
import { testProfiles } from './browser-profiles.ts'
import { testServers } from './browser-servers.ts'
import { testTryingAgain } from './browser-trying-again.ts'
import { type BrowserWorld, type BrowserWorldOptions, openBrowserWorld } from './browser-world.ts'

/** What people see of a hub in a browser. */
export const browserSuite = (options: BrowserWorldOptions) => {
  let world: BrowserWorld
  beforeAll(async () => {
    world = await openBrowserWorld(options)
  }, 240_000)
  afterAll(() => world?.close())

  describe(`JupyterHub ${options.release} in a browser`, { timeout: 120_000 }, () => {
    testServers(() => world)
    testProfiles(() => world)
    testFailedStarts(() => world)
    testTryingAgain(() => world)
  })
}
