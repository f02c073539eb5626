import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BrowserWorld } from './browser-world.ts'
import { HEADLINE, sawFailure, sawRedBar } from './failure-page.ts'
import { logIn } from './hub-pages.ts'

/** How soon one wants to know. */
const SOON_MS = 10_000

/** What would leave a trace if a browser took it for more than text; as browser_config.py has it, too. */
const HTML = '<img src=x onerror=hacked=1><script>hacked=1</script>'

/** Options with a name that would leave a trace. */
const HTML_OPTIONS = JSON.stringify({ [HTML]: 1 })

const MISCONFIGURED = 'the way it is set up. Please tell your administrator.'

/** The start of a server that can't start. */
export const testFailedStarts = (getWorld: () => BrowserWorld) => {
  test.each([
    {
      user: 'image-chooser',
      what: 'an image that does not exist',
      field: 'image',
      value: 'nowhere/nosuch:1',
      sentence: 'The image of this server could not be fetched. Please choose another image',
    },
    {
      user: 'memory-chooser',
      what: 'more memory than any node has',
      field: 'resource_spec.mem_reservation',
      value: '900000000000',
      sentence:
        'No computer of this system is large enough for your server. Please choose something else',
    },
    {
      user: 'html-chooser',
      what: 'an option that is HTML',
      field: 'container_spec',
      value: HTML_OPTIONS,
      sentence: 'cannot be started with what you chose. Please choose something else',
    },
    {
      user: 'name-chooser',
      what: 'an image that has no name',
      field: 'image',
      value: HTML,
      sentence: 'do not allow what you chose for "image". Please choose something else',
    },
  ])(
    'a user who chooses $what reads that on the pending page, and again after a reload',
    async (chosen) => {
      const { hub, visit, servicesOf } = getWorld()
      const { user, sentence } = chosen
      const { page, show } = await visit(user)
      await logIn(page, hub, user)
      await page.fill(`[name="${chosen.field}"]`, chosen.value)
      await show('form')
      await page.click('#spawn_form [type="submit"]')
      await page.waitForURL(`**/hub/spawn-pending/${user}*`)
      await sawFailure(page, sentence, SOON_MS)
      await sawRedBar(page)
      await show('failed')
      expect(await page.locator('#progress-log > :last-child').innerText()).toContain(sentence)
      expect(await isHtmlTaken(page)).toBe(false)

      await page.reload()
      await sawFailure(page, sentence)
      await show('reloaded')
      expect(await isHtmlTaken(page)).toBe(false)

      await page.getByRole('link', { name: 'Back to the options' }).click()
      await page.locator('#spawn_form').waitFor()
      expect(new URL(page.url()).pathname).toBe(`/hub/spawn/${user}`)
      await expect.poll(() => servicesOf(user), { timeout: 30_000 }).toEqual([])
    },
  )

  test('a user who has chosen by a form reads above the form what fails at once', async () => {
    const { page, show } = await visitAsHasty('hasty-chooser')
    await page.fill('[name="container_spec"]', HTML_OPTIONS)
    await page.click('#spawn_form [type="submit"]')
    await page.locator('h1[role="alert"]', { hasText: HEADLINE }).waitFor({ timeout: SOON_MS })
    await show('failed')
    expect(await page.innerText('.spawn-error-msg')).toContain('with what you chose. Please choose')
    expect(await isHtmlTaken(page)).toBe(false)
    await page.locator('#spawn_form [type="submit"]').waitFor()
  })

  test('a user who has chosen nothing reads what fails at once, and may try again', async () => {
    const { page, show } = await visitAsHasty('hasty-and-misconfigured')
    await sawFailure(page, MISCONFIGURED, SOON_MS)
    await show('failed')
    expect(await isHtmlTaken(page)).toBe(false)
    const answer = page.waitForResponse((it) => new URL(it.url()).pathname.startsWith('/hub/spawn'))
    await page.getByRole('link', { name: 'Try again' }).click()
    expect((await answer).status()).toBeGreaterThanOrEqual(400)
    await sawFailure(page, MISCONFIGURED)
  })

  const visitAsHasty = async (user: string) => {
    const { hub, visit } = getWorld()
    const visited = await visit(user)
    await logIn(visited.page, hub, user)
    return visited
  }
}

/** The image is there before its error is. */
const isHtmlTaken = (page: Page): Promise<unknown> =>
  page.evaluate(
    `globalThis.hacked !== undefined || document.querySelector('img[src="x"]') !== null`,
  )
