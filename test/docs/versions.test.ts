import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hubsTable } from '../../docs/write/versions.ts'
import { type HubVersion, hubVersions } from '../../lab/engine/hub-versions.ts'
import { pinsFile } from '../../lab/engine/pins-file.ts'
import { projectRoot } from '../../lab/project-root.ts'

test('the newest hub comes first in the table, and nothing is claimed of a hub without a suite', () => {
  const hubs: HubVersion[] = [
    { series: '4.1', jupyterhub: '4.1.6', also: [] },
    {
      series: '6.1',
      jupyterhub: '6.1.1',
      also: [],
      image: { jupyterlab: '4.6.6' },
      real: { suites: 'restarts', engine: '28.5' },
    },
  ]
  const [, , newest, oldest] = hubsTable(hubs).split('\n')
  expect(newest).toBe(
    '| 6.1.1 | all | only restarts, with JupyterLab 4.6.6 and Python 3.11, on Engine 28.5 |',
  )
  expect(oldest).toBe('| 4.1.6 | all | not run |')
})

test.each([
  { suite: 'real-hub', runs: ['all'] },
  { suite: 'real-browser', runs: ['all'] },
  { suite: 'real-truth', runs: ['all'] },
  { suite: 'real-restarts', runs: ['all', 'restarts'] },
])('the suites $suite are those that the README claims', ({ suite, runs }) => {
  const files = readdirSync(join(projectRoot, 'test/hub'))
  const found = files.filter((file) => new RegExp(`^${suite}-\\d.*\\.test\\.ts$`).test(file))
  const claimed = hubVersions.filter(({ real }: HubVersion) => real && runs.includes(real.suites))
  expect(found.sort()).toEqual(claimed.map(({ series }) => `${suite}-${series}.test.ts`))
})

describe.each<HubVersion>(hubVersions)('JupyterHub $series', (hub) => {
  const files = ['hub', ...(hub.image && 'jupyterlab' in hub.image ? ['image'] : [])] as const

  test.each(files)(`JupyterHub ${hub.series} is pinned by version and hash: %s`, (of) => {
    const pins = readFileSync(pinsFile(hub.series, of === 'hub' ? 'hub' : 'image'), 'utf8')
    expect(pins).toContain(`\njupyterhub==${hub.jupyterhub} \\\n    --hash=sha256:`)
    if (of === 'image' && hub.image && 'jupyterlab' in hub.image)
      expect(pins).toContain(`\njupyterlab==${hub.image.jupyterlab} \\\n    --hash=sha256:`)
    const [, ...packages] = pins.split(/\n(?=\S)/)
    for (const text of packages)
      expect(text).toMatch(/^[a-z0-9-]+==\S+( \\\n {4}--hash=sha256:[0-9a-f]{64})+\n?$/)
  })
})
