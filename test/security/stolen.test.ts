import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'
import { openEmbeddedWorld } from '../live/embedded-world.ts'
import { linesOf } from './stolen/proof.ts'
import { HUB_SECRET } from './stolen/rows.ts'
import { stolenSuite } from './stolen/suite.ts'

describe.each(['secret', 'admin token'] as const)('with a stolen %s', (stolen) =>
  stolenSuite(() => openEmbeddedWorld({ speed: 20 }), stolen, HUB_SECRET),
)

test('the table in docs/security.md has these rows, and no others', () => {
  const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8')
  const [, table = ''] = /\n\| with a hub's secret \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(page) ?? []
  expect(table.trimEnd().split('\n')).toEqual(linesOf(HUB_SECRET))
})
