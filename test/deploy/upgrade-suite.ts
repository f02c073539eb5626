import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { run } from '../../lab/hub/docker-cli.ts'
import { httpVisitor } from '../hub/http-visitor.ts'
import { HUB_IMAGE } from './deploy-stack.ts'
import { FORMER_HUB_IMAGE, type StackWorld } from './stack-world.ts'

const ALICE = { user: 'alice' }
/** Its server asks the hub nothing, so it answers wherever the hub is. */
const QUICK = { user: 'quick-upgrade' }

/** A newer JupyterHub, and the way back, as docs/deploy.md says. It expects that alice's server runs. */
export const upgradeSuite = (given: () => StackWorld): void => {
  const runsVersion = (version: RegExp) =>
    expect
      .poll(() => given().client.api('GET', '/').catch(String), { timeout: 60_000 })
      .toMatchObject({ json: { version: expect.stringMatching(version) } })
  const userNames = async () => {
    const { json } = await given().client.api('GET', '/users')
    return v.parse(v.array(v.object({ name: v.string() })), json).map(({ name }) => name)
  }

  describe('a new version of the hub', () => {
    test('the stack gets a newer JupyterHub, goes back by a backup, and gets it again, and logins and servers stay', async () => {
      const { client, directory, dockerEnv, env, password, stackCommand, url } = given()
      const alice = httpVisitor(url)
      await alice.logIn('alice', password)
      const isAsBefore = async () => {
        expect((await alice.visit('/hub/home')).url).toMatch(/\/hub\/home$/)
        expect(await client.isReady(ALICE)).toBe(true)
        const { headers } = await client.ask(QUICK, '')
        expect(headers.get('server')).toMatch(/^SimpleHTTP/)
      }
      const upgrade = async () => {
        env['HUB_IMAGE'] = HUB_IMAGE
        await stackCommand('deploy')
        await runsVersion(/^6\.1\./)
        await isAsBefore()
      }
      const file = join(directory, 'before-upgrade.tar')
      const stack = (command: string, more = {}) =>
        run(['sh', '-c', command, join(directory, 'stack.sh'), file], { ...dockerEnv, ...more })

      await runsVersion(/^5\.5\./)
      await client.start(QUICK)
      await stack('"$0" backup >"$1"')
      await upgrade()
      await client.api('POST', '/users/later')
      expect(await userNames()).toContain('later')

      await stack('"$0" restore <"$1"', { HUB_IMAGE: FORMER_HUB_IMAGE })
      await runsVersion(/^5\.5\./)
      await isAsBefore()
      expect(await userNames()).not.toContain('later')

      await upgrade()
      expect((await client.stop(QUICK)).status).toBeLessThan(300)
      // Without virtual IPs, her server knows only the address of the first hub.
      expect((await client.stop(ALICE)).status).toBeLessThan(300)
      await expect.poll(() => client.servers(ALICE.user), { timeout: 60_000 }).toEqual({})
      await client.start(ALICE)
    }, 300_000)
  })
}
