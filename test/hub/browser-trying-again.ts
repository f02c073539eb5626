import { expect, test } from 'vitest'
import type { BrowserWorld } from './browser-world.ts'
import { sawFailure, sawRedBar } from './failure-page.ts'
import { logIn } from './hub-pages.ts'

/** As browser_config.py has it, too. */
const LAST_LINES = ['<img src=x onerror=hacked=1>The disk is full', 'Ending']

const FULL =
  'The cluster is full. Your server starts as soon as there is room. Please wait: this start goes on for 20 seconds in all.'
const STILL_FULL =
  'All computers of this system are busy. Please try again in a few minutes. If it still fails, tell your administrator.'

/** What a user without a form sees of a start that fails, and what the button then does. */
export const testTryingAgain = (getWorld: () => BrowserWorld) => {
  test('a user whose program exits reads its last lines, and tries again', async () => {
    const { hub, visit, landed } = getWorld()
    const user = 'exits-once'
    const { page, show } = await visit(user)
    await logIn(page, hub, user)
    await sawFailure(page, 'ended with an error (exit code 3). Please try again.')
    await sawRedBar(page)
    await show('failed')
    for (const reload of [false, true]) {
      if (reload) await page.reload()
      expect((await page.innerText('#swarmspawner-failure pre')).split('\n')).toEqual(LAST_LINES)
      expect(await page.evaluate('globalThis.hacked')).toBeUndefined()
    }
    await show('reloaded')
    await page.getByRole('link', { name: 'Try again' }).click()
    await page.waitForURL(`**/hub/spawn-pending/${user}*`)
    await landed(page, user)
  })

  test('a user who finds the cluster full reads that, and starts once there is room', async () => {
    const { hub, visit } = getWorld()
    const user = 'crowded'
    const { page, show } = await visit(user)
    const crowd = ['--name=crowd', '--init', `--reserve-memory=${await crowdMemory(getWorld())}`]
    const program = [hub.images.server, 'sleep', '1000']
    await hub.docker(['service', 'create', '--no-resolve-image', ...crowd, ...program])
    await logIn(page, hub, user)
    await page.waitForURL(`**/hub/spawn-pending/${user}*`)
    await page.locator('#progress-message', { hasText: FULL }).waitFor()
    await show('waiting')
    await sawFailure(page, STILL_FULL)
    await sawRedBar(page)
    await show('failed')
    await hub.docker(['service', 'rm', 'crowd'])
    await page.getByRole('link', { name: 'Try again' }).click()
    await page.waitForURL(`**/user/${user}/**`)
  })
}

/** The memory of the node in bytes, but for half of what browser_config.py reserves for the server. */
const crowdMemory = async ({ hub }: BrowserWorld): Promise<number> => {
  const format = '{{.Description.Resources.MemoryBytes}}'
  return Number(await hub.docker(['node', 'inspect', 'self', '--format', format])) - 100 * 2 ** 20
}
