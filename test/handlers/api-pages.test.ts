import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_PAGES } from '../../handlers/api-pages.node.ts'
import { serve } from '../../handlers/node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { keyOf, problemOf, SECRETS } from '../support/test-hub.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, 'docs/api', file), 'utf8')

let service: Awaited<ReturnType<typeof serve>>
const logged: unknown[] = []
beforeAll(async () => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
  const spawner = createSpawner(createEmbeddedEngine().transport)
  service = await serve(settings, spawner, (entry) => void logged.push(entry))
})
afterAll(() => service?.close())

test.each(API_PAGES)(
  'GET $path is answered to anybody, with its headers, and not logged',
  async ({ path, file, headers }) => {
    for (const _ of ['read', 'kept']) {
      const response = await fetch(service.url + path)
      expect(response.status).toBe(200)
      expect(Object.fromEntries(response.headers)).toMatchObject(headers)
      expect(await response.text()).toBe(textOf(file))
    }
    expect(logged).toEqual([])
  },
)

test('the content security policy of the API page lets it load nothing and run nothing', async () => {
  const response = await fetch(`${service.url}/docs`)
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('script-src')
})

test('a call that is sent to a page is refused', async () => {
  const response = await fetch(`${service.url}/docs`, { method: 'POST', body: '{}' })
  expect(await problemOf(response)).toMatchObject({ code: 'method_not_allowed' })
})

/** The built program, in a directory of its own: with the pages beside it as it is installed, or without. */
const serveBuilt = async <T>(withPages: boolean, work: (url: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-'))
  cpSync(join(root, 'dist'), join(directory, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(directory, 'package.json'))
  if (withPages) cpSync(join(root, 'docs/api'), join(directory, 'docs/api'), { recursive: true })
  const child = spawn(process.execPath, [join(directory, 'dist/cli.js'), 'serve'], {
    env: { PORT: '0', SWARMSPAWNER_SECRET: SECRETS.default, HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  try {
    return await work(await urlOf(child))
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true })
  }
}

/** Reads on to the end: a program whose log nobody takes would end. */
const urlOf = ({ stdout, stderr }: ReturnType<typeof spawn>): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
      if (url) resolve(url)
    }
    stdout?.on('data', hear)
    stderr?.on('data', hear)
    stdout?.on('end', () => reject(new Error(`it has ended: ${said}`)))
  })

test('the built program finds the pages beside it', async () => {
  const text = await serveBuilt(true, async (url) => (await fetch(`${url}/openapi.json`)).text())
  expect(text).toBe(textOf('openapi.json'))
})

test('an installation without the pages says so, and serves all else', async () => {
  await serveBuilt(false, async (url) => {
    expect(await problemOf(await fetch(`${url}/docs`))).toMatchObject({
      code: 'no_such_route',
      detail: '/docs is not part of this installation',
    })
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})
