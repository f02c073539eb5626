import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { caddyRootfs } from '../../lab/engine/caddy-rootfs.ts'
import { type ForwardedPort, forwardPort } from '../../lab/engine/forward-port.ts'
import { run } from '../../lab/hub/docker-cli.ts'
import { createAuthority } from '../support/certificates.ts'
import { pastedBlocks } from '../support/pasted-blocks.ts'
import type { StackWorld } from './stack-world.ts'

const DOMAIN = 'hub.example.test'

/** deploy/https.yml with deploy/certificate.yml, as docs/deploy.md says. */
export const httpsSuite = (given: () => StackWorld): void => {
  const authority = createAuthority()
  const ports: ForwardedPort[] = []
  afterAll(async () => {
    authority.remove()
    for (const { close } of ports) await close()
  })

  const open = async (inside: number): Promise<number> => {
    const forwarded = await forwardPort(given().engine, inside, 0)
    ports.push(forwarded)
    return forwarded.port
  }

  type Form = { cookie: string; body: string }

  const ask = async (port: number, path: string, isSecure: boolean, form?: Form) => {
    const headers = {
      host: DOMAIN,
      'Sec-Fetch-Mode': 'navigate',
      ...(form && { cookie: form.cookie, 'content-type': 'application/x-www-form-urlencoded' }),
    }
    const to = { host: '127.0.0.1', port, path, headers, method: form ? 'POST' : 'GET' }
    const asked = isSecure
      ? requestHttps({ ...to, servername: DOMAIN, ca: authority.ca })
      : requestHttp(to)
    asked.end(form?.body)
    const [answer] = await once(asked, 'response')
    return { status: answer.statusCode, headers: answer.headers, text: await text(answer) }
  }

  describe('the stack with HTTPS', () => {
    test('the stack answers by HTTPS with a certificate of its own, and nobody comes past it', async () => {
      const { client, directory, docker, dockerEnv, redeploy, url } = given()
      await client.start({ user: 'quick-https' })
      const path = ['--change', 'ENV PATH=/usr/bin']
      await docker(['import', ...path, await caddyRootfs(), 'caddy:2'])
      const { cert, key } = authority.issue({ name: `DNS:${DOMAIN}` })
      writeFileSync(join(directory, 'hub.pem'), cert)
      writeFileSync(join(directory, 'hub-key.pem'), key)
      const lines = pastedBlocks('docs/recipes.md', 'HTTPS', 'sh').find((one) =>
        one.includes('.pem'),
      )
      await run(['sh', '-ec', `cd "$0"\n${lines}`, directory], dockerEnv)
      await redeploy('', ['https.yml', 'certificate.yml'], { HUB_DOMAIN: DOMAIN })
      const [secure, plain] = [await open(443), await open(80)]
      const logIn = () => ask(secure, '/hub/login', true).catch(({ code }) => code)
      await expect.poll(logIn, { timeout: 60_000 }).toMatchObject({ status: 200 })
      const { headers, text } = await ask(secure, '/hub/login', true)
      expect(text).toContain('<form')
      const cookie = (headers['set-cookie'] ?? [])
        .map((line: string) => line.split(';')[0])
        .join('; ')
      const [, _xsrf = ''] = /_xsrf=([^;]*)/.exec(cookie) ?? []
      const body = new URLSearchParams({ username: 'alice', password: given().password, _xsrf })
      const form = { cookie, body: body.toString() }
      const login = await ask(secure, '/hub/login?next=', true, form)
      const identities = (login.headers['set-cookie'] ?? []).filter((line: string) =>
        /login|session/.test(line),
      )
      expect(identities.length).toBeGreaterThan(0)
      // The hub knows that people reach it by HTTPS.
      for (const line of identities) expect(line).toMatch(/; secure/i)
      const redirect = await ask(plain, '/hub/login', false)
      expect(redirect.headers.location).toBe(`https://${DOMAIN}/hub/login`)
      // The port of the plain proxy, which stack.yml publishes.
      await expect(fetch(`${url}/hub/login`)).rejects.toThrow()
      const server = await ask(secure, '/user/quick-https/', true)
      // Its own words: such a server has no pages.
      expect(server.text).toContain('Nothing matches the given URI')
    }, 240_000)
  })
}
