import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type BrowserWorld, serviceName } from './browser-world.ts'
import { logIn, openHome } from './hub-pages.ts'
import { swarmView } from './swarm-view.ts'

const MIB = 2 ** 20

/** Profiles of browser_config.py: from the form to the limits of the server, and back. */
export const testProfiles = (getWorld: () => BrowserWorld) => {
  test('a user chooses a profile, gets its limits, and finds the choice again', async () => {
    const { hub, notebook, visit, landed, servicesOf } = getWorld()
    const user = 'profiled-ada'
    const { page, show } = await visit(user, { usesNotebook: true })
    await logIn(page, hub, user)
    const radio = (name: string) => page.getByRole('radio', { name, exact: true })
    await radio('Small').waitFor()

    // On a busy machine the service may take longer than a form waits, which then says nothing.
    await expect
      .poll(() => page.reload().then(() => radio('GPU').isDisabled()), { timeout: 60_000 })
      .toBe(true)
    expect(await page.getByRole('radio').count()).toBe(4)
    expect(await radio('Small').isChecked()).toBe(true)
    expect(await describedBy(page, 'GPU')).toMatch(/One card .*Please/s)
    expect(await radio('Chemistry').count()).toBe(0)
    expect(await page.getByText('<b>text</b>').count()).toBe(1)
    const select = page.getByLabel('Editor')
    expect(await select.isVisible()).toBe(false)
    await show('form')

    await page.emulateMedia({ colorScheme: 'dark' })
    await show('form-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 390, height: 844 })
    await show('form-phone')
    const form = await page.locator('.swarmspawner-profiles').boundingBox()
    expect(
      [form?.x, (form?.x ?? 0) + (form?.width ?? 0)].map((x = -1) => x >= 0 && x <= 390),
    ).toEqual([true, true])
    expect(
      await page.evaluate('document.querySelector(".swarmspawner-profiles").scrollWidth'),
    ).toBe(Math.round(form?.width ?? 0))
    await page.setViewportSize({ width: 1000, height: 640 })

    // By the keyboard alone.
    await radio('Small').focus()
    await page.keyboard.press('ArrowDown')
    expect(await radio('Large').isChecked()).toBe(true)
    await page.keyboard.press('Tab')
    expect(await select.isVisible()).toBe(true)
    await page.keyboard.press('n')
    expect(await select.inputValue()).toBe('nano')
    await show('chosen')
    await page.locator('#spawn_form [type=submit]').click()
    await landed(page, user)

    const service = await swarmView(hub.docker).inspect(serviceName(user))
    expect(service.Spec.TaskTemplate.Resources).toMatchObject({
      Limits: { MemoryBytes: 600 * MIB },
    })
    const shown = await notebook.runCell(
      page,
      'import os; print(os.environ["SIZE"], os.environ["EDITOR"], "STAYS" in os.environ)',
      'large nano True',
    )
    await show('cell', shown)

    await openHome(page, hub)
    await page.click('#stop')
    await expect.poll(() => servicesOf(user), { timeout: 30_000 }).toEqual([])
    await page.goto(`${hub.url}/hub/spawn`)
    expect([await radio('Large').isChecked(), await select.inputValue()]).toEqual([true, 'nano'])
    await show('again')
  })

  test('a form that was changed by hand is refused with what the user has', async () => {
    const { hub, visit, servicesOf } = getWorld()
    const user = 'profiled-mallory'
    const { page, show } = await visit(user)
    await logIn(page, hub, user)
    const small = page.getByRole('radio', { name: 'Small', exact: true })
    await small.waitFor()
    expect(await page.getByRole('radio', { name: 'Physics', exact: true }).count()).toBe(0)
    await small.evaluate((radio) => radio.setAttribute('value', 'physics'))
    await page.locator('#spawn_form [type=submit]').click()
    await page
      .getByText('There is no profile physics for you. Your profiles: small, large, gpu')
      .waitFor()
    await show('refused')
    expect(await servicesOf(user)).toEqual([])
  })
}

/** What a screen reader says of a radio button after its label. */
const describedBy = async (page: Page, name: string): Promise<string> => {
  const ids = await page.getByRole('radio', { name, exact: true }).getAttribute('aria-describedby')
  const texts = (ids ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((id) => page.locator(`#${id}`).innerText())
  return (await Promise.all(texts)).join(' ')
}
