import { type Browser, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { keepArtefact } from './artefacts.ts'
import { findChromium } from './find-chromium.ts'

/** 1 minute for anything that a page does, because a busy machine is slow. */
const PATIENCE_MS = 60_000

/**
 * A headless Chromium. It opens only pages of our own hub, so it needs no sandbox, which root could not have.
 */
export const openBrowser = (): Promise<Browser> => {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('no Chromium: apt-get install chromium-headless-shell')
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  return chromium.launch({ executablePath, args })
}

/** One person's pages in a browser, with their own cookies, until the end of the test. */
export type Visit = {
  page: Page
  /** Keeps a picture of a page; by default of the first one. */
  show(step: string, page?: Page): Promise<void>
}

type VisitOptions = {
  browser: Browser
  /** The first part of pictures' names. */
  name: string
  /** Returns logs, which are kept after a failure beside the picture of the page. */
  logs: () => Promise<string>
  /** What the page does not load: patterns of URLs, with `*`. */
  blocked?: readonly string[]
}

/** Opens a page. If the test fails, it keeps each page: picture, HTML, and the errors of its scripts. */
export const openVisit = async (options: VisitOptions): Promise<Visit> => {
  const { browser, name, logs, blocked = [] } = options
  const context = await browser.newContext({ viewport: { width: 1000, height: 640 } })
  context.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  let shown = 0
  const show = async (step: string, page: Page) => {
    const number = String(++shown).padStart(2, '0')
    await keepArtefact(`${name}-${number}-${step}.png`, await page.screenshot())
  }
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await keepArtefact(`${name}-failed.log`, [...complaints, await logs()].join('\n'))
      for (const page of context.pages()) {
        await show('failed', page)
        await keepArtefact(`${name}-failed-${shown}.html`, await page.content())
      }
    }
    await context.close()
  })
  const page = await context.newPage()
  if (blocked.length > 0) await block(page, blocked)
  return { page, show: (step, of = page) => show(step, of) }
}

const block = async (page: Page, urls: readonly string[]): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setBlockedURLs', { urls: [...urls] })
}
