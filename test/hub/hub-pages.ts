import type { Locator, Page } from 'playwright-core'
import type { Release } from '../../lab/engine/jupyter-rootfs.ts'
import type { Hub } from '../../lab/hub/start-hub.ts'

/** Logs in by the form, which leads to the start of one's server. */
export const logIn = async (page: Page, hub: Hub, user: string, look = async () => {}) => {
  await page.goto(hub.url)
  await page.fill('#username_input', user)
  await page.fill('#password_input', hub.password)
  await look()
  await page.click('#login_submit')
}

/** Opens the list of one's servers, and waits until its buttons do something. */
export const openHome = async (page: Page, hub: Hub) => {
  await page.goto(`${hub.url}/hub/home`)
  await page.waitForFunction(
    `globalThis.jQuery?._data(document.querySelector('.new-server-btn'), 'events')?.click`,
  )
}

/** Makes a named server in that list, and starts it. */
export const addServer = async (page: Page, release: Release, serverName: string) => {
  await page.fill('.new-server-name', serverName)
  await page.click('.new-server-btn')
  // JupyterHub 6 makes it, and no more; then the page is loaded anew.
  if (release === '6.1') await rowOf(page, serverName).locator('.start-server').click()
}

/** The row of a named server in that list. */
export const rowOf = (page: Page, serverName: string): Locator =>
  page.locator(`.home-server-row[data-server-name="${serverName}"]`)
