import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve } from '../../handlers/node.ts'
import { createCountedSpawner, createServers } from '../../lab/load/many-servers.ts'
import { keepArtefact } from '../support/artefacts.ts'
import { openBrowser } from '../support/browser.ts'
import { ADMIN_TOKEN, keyOf, SECRETS } from '../support/test-hub.ts'

// The status page in a real Chromium, by keyboard, with the headers that the service sends.

let service: Awaited<ReturnType<typeof serve>>
let browser: Awaited<ReturnType<typeof openBrowser>>

beforeAll(async () => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: ADMIN_TOKEN }
  const { spawner } = createCountedSpawner({ nodes: 3, speed: 1000 })
  await createServers(
    spawner,
    Array.from({ length: 120 }, (_, nth) => ({ hub: 'default', username: `user-${nth}` })),
  )
  service = await serve(settings, spawner, () => {})
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

test.each([
  ['light', { width: 1400, height: 900 }],
  ['dark', { width: 1400, height: 900 }],
  ['light', { width: 390, height: 844 }],
] as const)(
  'the status page in %s on %j: sign in, find a server, sign out, with the keyboard alone',
  async (colorScheme, viewport) => {
    const context = await browser.newContext({ viewport, colorScheme })
    const page = await context.newPage()
    const asked = new Set<string>()
    const complaints: string[] = []
    page.on('request', (request) => asked.add(new URL(request.url()).pathname))
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(service.url)
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(253, 252, 250)')
    await page.getByLabel('Admin token').focus()
    await page.keyboard.type(ADMIN_TOKEN)
    await page.keyboard.press('Enter')
    // The roles stay where a phone shows tables as blocks, so a screen reader still says which column it is.
    const table = page.getByRole('table', { name: 'Servers' })
    await table.getByRole('row').nth(100).waitFor()
    expect(await table.getByRole('columnheader').count()).toBe(8)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await keepArtefact(`status-${colorScheme}-${viewport.width}.png`, await page.screenshot())
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.getByLabel('User').focus()
    await page.keyboard.type('user-7')
    await page.keyboard.press('Enter')
    await page.getByText('1 of 120 servers').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Admin token').waitFor()
    expect(await context.cookies()).toEqual([])
    expect(await page.content()).not.toContain('user-1')
    expect([...asked]).toEqual(['/'])
    expect(complaints).toEqual([])
    await context.close()
  },
)
