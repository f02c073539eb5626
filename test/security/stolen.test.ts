import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'
import { openEmbeddedWorld } from '../live/embedded-world.ts'
import type { World } from '../live/world.ts'
import { openPushService } from '../support/push-service.ts'
import { impostor } from './stolen/impostor.ts'
import { METRICS_TOKEN } from './stolen/metrics-token.ts'
import { monitorOf } from './stolen/monitor.ts'
import { linesOf } from './stolen/proof.ts'
import { PUSH_TOKEN } from './stolen/push-token.ts'
import { readerOf } from './stolen/reader.ts'
import { HUB_SECRET, OTHER_LINES } from './stolen/rows.ts'
import { SIGNED_CALL } from './stolen/signed-call.ts'
import { cookieThiefOf, STATUS_COOKIE } from './stolen/status-cookie.ts'
import { rowSuite, stolenSuite } from './stolen/suite.ts'
import { TLS_KEY } from './stolen/tls-key.ts'

const open = () => openEmbeddedWorld({ speed: 20 })

describe.each(['secret', 'admin token'] as const)('with a stolen %s', (stolen) =>
  stolenSuite(open, stolen, HUB_SECRET),
)

describe('with what was read or stolen of the service', () => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })
  afterAll(() => world?.close())
  rowSuite(SIGNED_CALL, (given) => readerOf(world, given))
  rowSuite(TLS_KEY, impostor)
  rowSuite(PUSH_TOKEN, (expect) => ({ expect, service: openPushService() }))
  rowSuite(METRICS_TOKEN, (given) => monitorOf(world, given))
  rowSuite(STATUS_COOKIE, (given) => cookieThiefOf(world, given))
})

describe('docs/security.md', () => {
  const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')
  test.each([
    ["with a hub's secret", linesOf(HUB_SECRET)],
    ['with what else there is', OTHER_LINES],
  ])('docs/security.md has a table "%s" of these rows, and of no others', (title, lines) => {
    const [, table = ''] = page.split(
      `\n| ${title} | the thief can | the thief can't |\n|---|---|---|\n`,
    )
    expect(table.split('\n\n', 1)[0]?.split('\n')).toEqual(lines)
  })
})
