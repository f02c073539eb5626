import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BrowserWorld } from './browser-world.ts'
import { logIn } from './hub-pages.ts'

/** How soon one wants to know. */
const SOON_MS = 10_000

/** What would leave a trace if a browser took it for more than text; as browser_config.py has it, too. */
const HTML = '<img src=x onerror=hacked=1><script>hacked=1</script>'

/** Options with a name that would leave a trace. */
const HTML_OPTIONS = JSON.stringify({ [HTML]: 1 })

/** The start of a server that can't start. */
export const testFailedStarts = (getWorld: () => BrowserWorld) => {
  test.each([
    {
      user: 'image-chooser',
      what: 'an image that does not exist',
      field: 'image',
      value: 'nowhere/nosuch:1',
      reason: 'No such image: nowhere/nosuch:1',
    },
    {
      user: 'memory-chooser',
      what: 'more memory than any node has',
      field: 'resource_spec.mem_reservation',
      value: '900000000000',
      reason: 'no suitable node (insufficient resources on 1 node)',
    },
    {
      user: 'html-chooser',
      what: 'an option that is HTML',
      field: 'container_spec',
      value: HTML_OPTIONS,
      reason: `user_options.container_spec.${HTML}: not a setting`,
    },
    {
      user: 'name-chooser',
      what: 'an image that has no name',
      field: 'image',
      value: HTML,
      reason:
        'user_options.image: not allowed by the policy (user.images): it must be the name of an image',
    },
  ])(
    'a user who chooses $what reads that on the pending page, and again after a reload',
    async (chosen) => {
      const { hub, visit, servicesOf } = getWorld()
      const { user, reason } = chosen
      const { page, show } = await visit(user)
      await logIn(page, hub, user)
      await page.fill(`[name="${chosen.field}"]`, chosen.value)
      await show('form')
      await page.click('#spawn_form [type="submit"]')
      await page.waitForURL(`**/hub/spawn-pending/${user}*`)
      await page.locator('#progress-message', { hasText: reason }).waitFor({ timeout: SOON_MS })
      await page.locator('#progress-bar:is(.progress-bar-danger, .bg-danger)').waitFor()
      await show('failed')
      for (const place of ['#progress-message', '#progress-log > :last-child'])
        expect(await page.locator(place).innerText()).toContain(reason)
      expect(await isHtmlTaken(page)).toBe(false)

      await page.reload()
      await page.locator('#start', { hasText: 'Relaunch' }).waitFor()
      await show('reloaded')
      expect(await page.innerText('body')).toContain(reason)
      expect(await isHtmlTaken(page)).toBe(false)
      await expect.poll(() => servicesOf(user), { timeout: 30_000 }).toEqual([])
    },
  )

  test.each([
    { user: 'hasty-chooser', chosen: 'by a form' },
    { user: 'hasty-and-misconfigured', chosen: 'nothing' },
  ])(
    'a user who has chosen $chosen reads what fails at once, on whatever page comes',
    async ({ user }) => {
      const { hub, visit } = getWorld()
      const { page, show } = await visit(user)
      await logIn(page, hub, user)
      if (user === 'hasty-chooser') {
        await page.fill('[name="container_spec"]', HTML_OPTIONS)
        await page.click('#spawn_form [type="submit"]')
      }
      await page.locator('body', { hasText: HTML }).waitFor({ timeout: SOON_MS })
      await show('failed')
      expect(await page.innerText('body')).toContain(HTML)
      expect(await isHtmlTaken(page)).toBe(false)
    },
  )
}

/** The image is there before its error is. */
const isHtmlTaken = (page: Page): Promise<unknown> =>
  page.evaluate(
    `globalThis.hacked !== undefined || document.querySelector('img[src="x"]') !== null`,
  )
