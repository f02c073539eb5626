import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export const HEADLINE = 'The server did not start'

/** Waits for the headline of a start that failed, and checks the sentence below it and what is beside it. */
export const sawFailure = async (page: Page, sentence: string, timeout = 30_000) => {
  const failure = page.getByRole('alert').filter({ hasText: HEADLINE })
  await failure.waitFor({ timeout })
  expect(await failure.locator('h1').innerText()).toBe(HEADLINE)
  expect(await failure.locator('p').first().innerText()).toContain(sentence)
  expect(await failure.locator('a.btn').count()).toBe(1)
  for (const old of ['Your server is starting up', 'Stop Server', 'Relaunch'])
    expect(await page.innerText('body')).not.toContain(old)
}

/** Waits until the bar is red to the eye, and runs over the whole width: its colour fades in. */
export const sawRedBar = async (page: Page) => {
  await page.waitForFunction(`(() => {
    const bar = document.querySelector('#progress-bar')
    const [red, green, blue] = getComputedStyle(bar).backgroundColor.match(/[0-9]+/g).map(Number)
    return red > 180 && green < 100 && blue < 100 && bar.offsetWidth === bar.parentElement.clientWidth
  })()`)
  // A screen reader says that it failed, and not "100% Complete".
  const bar = page.locator('#progress-bar')
  expect(await bar.textContent()).toBe('')
  expect(await bar.getAttribute('aria-valuetext')).toBe('Failed')
}
