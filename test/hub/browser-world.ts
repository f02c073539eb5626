import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { engineOf, type RealHub } from '../../lab/engine/hub-versions.ts'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import { type Hub, startHub } from '../../lab/hub/start-hub.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { openBrowser, openVisit, type Visit } from '../support/browser.ts'
import type { Notebook } from './notebooks.ts'
import { swarmView } from './swarm-view.ts'

export type BrowserWorldOptions = {
  /** Of JupyterHub; the names of pictures begin with it. */
  release: RealHub['series']
  notebook: Notebook
}

/** A hub on an Engine of its own, a browser, and what the tests ask of them. */
export type BrowserWorld = {
  hub: Hub
  release: Release
  notebook: Notebook
  /**
   * Comes as a user, with pages of their own. The notebook's page is a frame without content unless somebody
   * `usesNotebook`: JupyterLab's scripts are a quarter of what a browser computes here.
   */
  visit(user: string, how?: { usesNotebook: boolean }): Promise<Visit>
  /** Waits for the page that one is led to once a server runs, as the server sends it. */
  landed(page: Page, user: string, serverName?: string): Promise<void>
  /** The Swarm services of a user's servers, by the docker CLI. */
  servicesOf(user: string): Promise<string[]>
  close(): Promise<void>
}

/** Starts all that; leaves nothing behind if it can't. */
export const openBrowserWorld = async (options: BrowserWorldOptions): Promise<BrowserWorld> => {
  const { release, notebook } = options
  const extraConfig = await readFile(join(import.meta.dirname, 'browser_config.py'), 'utf8')
  const browser = await openBrowser()
  const resources = new AsyncDisposableStack()
  resources.defer(() => browser.close())
  try {
    const engine = await startHubEngine([release], engineOf(release))
    // The hub goes with it.
    resources.defer(() => engine.stop())
    // Users may ask for more than any node has, so that the Swarm says no and not the policy.
    const SWARMSPAWNER_POLICY = JSON.stringify({ user: { resources: { memory: '1000G' } } })
    const serviceEnv = { SWARMSPAWNER_POLICY }
    const hub = await startHub({ engine, release, extraConfig, serviceEnv, checkOnce: true })
    const swarm = swarmView(hub.docker)
    const logs = async () => `${await hub.logs('hub')}\n${await hub.logs('swarmspawner')}`
    return {
      hub,
      release,
      notebook,
      visit: (user, { usesNotebook } = { usesNotebook: false }) => {
        const blocked = usesNotebook ? [] : ['*/user/*.js', '*/user/*.js?*']
        return openVisit({ browser, name: `${release}-${user}`, logs, blocked })
      },
      landed: async (page, user, serverName) => {
        const path = ['/user', user, serverName ?? [], notebook.landing].flat().join('/')
        await page.waitForURL(({ pathname }) => pathname.replace(/\/$/, '') === path)
        await notebook.isServed(page)
      },
      servicesOf: (user) => swarm.names(serviceName(user, '')),
      close: () => resources.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

/** What a user's service is called; that of the default server ends in 1. */
export const serviceName = (user: string, last = '1'): string =>
  `jupyter-${createHash('md5').update(user).digest('hex')}-${last}`
