import { expect, test } from 'vitest'
import { otherSpawnersPage } from '../../docs/write/other-spawners.ts'

const whole = otherSpawnersPage()

test('the page names what takes the place of a setting, and what has no effect', () => {
  expect(whole).toMatch(/^\| `network_name` \| `networks` \|/m)
  expect(whole).toMatch(/^\| `remove_containers` \| a stop always removes/m)
})

test('the page has a part for each spawner, with the settings of that spawner', () => {
  const kubernetes = whole.split('## kubespawner')[1]
  expect(whole.match(/^## .+$/gm)).toEqual([
    '## dockerspawner',
    '## jhub-swarmspawner',
    '## kubespawner',
  ])
  expect(kubernetes).toContain('| `volume_mounts` | `mounts` |')
  expect(kubernetes).not.toContain('`network_name`')
})

test('a setting without any other in its place says so', () => {
  const page = otherSpawnersPage({
    x: {
      classes: ['XSpawner'],
      rewritten: [],
      instead: { teleport: ['', 'nobody can'] },
      no_effect: {},
    },
  })
  expect(page).toContain('| `teleport` | nothing | nobody can |')
})

test('the page says which settings `migrate` writes anew', () => {
  expect(whole).toMatch(/^\| `network_name` \| `networks` \|.*\| writes it anew \|$/m)
  expect(whole).toMatch(/^\| `links` \| `networks` \|.*\| makes it a comment \|$/m)
})
