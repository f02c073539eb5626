import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { buildSite } from '../../docs/site/build-site.ts'
import { serve } from '../../handlers/node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { keepArtefact } from '../support/artefacts.ts'
import { openBrowser } from '../support/browser.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

// The page of /docs in a real Chromium, with the headers that the service sends; and the site of docs/site.

let service: Awaited<ReturnType<typeof serve>>
let browser: Awaited<ReturnType<typeof openBrowser>>

beforeAll(async () => {
  const hubs = [{ hub: 'default', keys: [keyOf(SECRETS.default)] }]
  const settings = { host: '127.0.0.1', port: 0, hubs, adminToken: undefined }
  service = await serve(settings, createSpawner(createEmbeddedEngine().transport), () => {})
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
  '/docs in %s on %j is styled, fits, and asks nobody for anything',
  async (colorScheme, viewport) => {
    const context = await browser.newContext({ viewport, colorScheme })
    const page = await context.newPage()
    const asked: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(`${service.url}/docs`)
    const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    await keepArtefact(`api-docs-${colorScheme}-${viewport.width}.png`, await page.screenshot())
    expect(asked).toEqual([`${service.url}/docs`])
    expect(complaints).toEqual([])
    expect(fits).toBe(true)
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(253, 252, 250)')
    await page.getByRole('link', { name: 'openapi.json', exact: true }).click()
    expect(page.url()).toBe(`${service.url}/openapi.json`)
    await context.close()
  },
)

test.each([
  ['light', { width: 1400, height: 900 }],
  ['dark', { width: 1400, height: 900 }],
  ['light', { width: 390, height: 844 }],
] as const)(
  'the site of the docs opens from a folder in %s on %j, fits, and is searched without a network',
  async (colorScheme, viewport) => {
    const folder = mkdtempSync(join(tmpdir(), 'swarmspawner-site-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    buildSite(folder)
    const context = await browser.newContext({ viewport, colorScheme, offline: true })
    const page = await context.newPage()
    const asked: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(`file://${folder}/policy.html`)
    const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    await keepArtefact(`docs-site-${colorScheme}-${viewport.width}.png`, await page.screenshot())
    await page.keyboard.press('/')
    await page.keyboard.type('quota_exceeded')
    const found = page.locator('.found a', { hasText: 'quota_exceeded' }).first()
    await found.click()
    await page.waitForURL(/#/)
    await context.close()
    expect(asked.filter((url) => !url.startsWith(`file://${folder}/`))).toEqual([])
    expect(asked.length).toBeGreaterThan(5)
    expect(complaints).toEqual([])
    expect(fits).toBe(true)
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(253, 252, 250)')
  },
)
