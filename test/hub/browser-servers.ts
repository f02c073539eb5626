import { expect, test } from 'vitest'
import { type BrowserWorld, serviceName } from './browser-world.ts'
import { addServer, logIn, openHome, rowOf } from './hub-pages.ts'
import { watchProgress } from './watch-progress.ts'

/** From the login to the end of a server. */
export const testServers = (getWorld: () => BrowserWorld) => {
  test('a user who logs in sees the start, lands in a notebook, runs a cell and stops the server', async () => {
    const { hub, notebook, visit, landed, servicesOf } = getWorld()
    const user = 'student'
    const { page, show } = await visit(user, { usesNotebook: true })
    const progress = await watchProgress(page)
    const sockets: string[] = []
    page.context().on('page', (opened) => opened.on('websocket', (it) => sockets.push(it.url())))
    page.on('websocket', (it) => sockets.push(it.url()))

    await logIn(page, hub, user, () => show('login'))
    await page.waitForURL(`**/hub/spawn-pending/${user}*`)
    await expect.poll(() => progress.length, { timeout: 30_000 }).toBeGreaterThan(2)
    await show('pending')
    await landed(page, user)
    await notebook.isDrawn(page)
    await show('landed')
    expect(progress.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['Service created', 'Running on node-1']),
    )
    const widths = progress.map(({ width }) => width)
    expect(widths).toEqual(widths.toSorted((a, b) => a - b))
    expect(new Set(widths).size).toBeGreaterThan(2)
    expect(await servicesOf(user)).toEqual([serviceName(user)])

    const shown = await notebook.runCell(page, '6*7', '42')
    await show('cell', shown)
    expect(sockets.some((url) => url.includes(`/user/${user}/api/kernels/`))).toBe(true)

    await openHome(page, hub)
    await show('home-running')
    await page.click('#stop')
    await page.locator('#stop').waitFor({ state: 'hidden' })
    await page.locator('#start', { hasText: 'Start My Server' }).waitFor()
    await show('home-stopped')
    await expect.poll(() => servicesOf(user), { timeout: 30_000 }).toEqual([])
  })

  test('a named server runs beside the default one, and stops without it', async () => {
    const { hub, release, visit, landed, servicesOf } = getWorld()
    const user = 'hasty'
    const { page, show } = await visit(user)
    await logIn(page, hub, user)
    await landed(page, user)

    await openHome(page, hub)
    await addServer(page, release, 'second')
    await landed(page, user, 'second')
    const [first, second] = [serviceName(user), serviceName(user, 'second')]
    expect(await servicesOf(user)).toEqual([first, second])

    await openHome(page, hub)
    await show('home-both')
    await rowOf(page, 'second').locator('.stop-server').click()
    await rowOf(page, 'second').locator('.start-server').waitFor()
    await show('home-second-stopped')
    await expect.poll(() => servicesOf(user), { timeout: 30_000 }).toEqual([first])
    await page.locator('#start', { hasText: /^\s*My Server/ }).click()
    await landed(page, user)
  })
}
