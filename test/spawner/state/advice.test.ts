import { expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, readFixture } from '../../../fixtures/fixture.ts'
import { adviceOn } from '../../../src/spawner/state/advice.ts'

test('nothing is advised on an end without words, or on what a server ends with by itself', () => {
  expect(adviceOn(null)).toBeNull()
  expect(adviceOn('task: non-zero exit (1)')).toBeNull()
})

test.each([
  ['No such image: x', 'registry'],
  ['invalid mount config for type "bind": bind source path does not exist: /x', 'directory'],
  ['no suitable node (scheduling constraints not satisfied on 2 nodes)', 'constraints'],
  ['no suitable node (insufficient resources on 2 nodes)', 'reserve less'],
  ['network x not found', 'docker network create --driver overlay'],
  ['task: non-zero exit (137)', 'memory'],
  ['task: non-zero exit (137): dockerexec: unhealthy container', 'health check'],
  ['task: non-zero exit (127)', 'cmd'],
  ['no basic auth credentials', 'docker login'],
])('the advice on %s says something about "%s"', (reason, about) => {
  expect(adviceOn(reason)).toContain(about)
})

test.each(ENGINE_VERSIONS)(
  "each end of Engine %s that is not the server's own has an advice",
  (version) => {
    const errs = fixtureNames(version)
      .filter((name) => /^task-list\.(rejected|pending-|unhealthy|failed-)/.test(name))
      .flatMap((name) => {
        const { json } = readFixture(version, name).response
        return Array.isArray(json) ? json.map(({ Status }) => String(Status.Err ?? '')) : []
      })
      .filter((err) => err !== '' && err !== 'task: non-zero exit (3)')
    expect(errs.length).toBeGreaterThan(4)
    expect(errs.filter((err) => adviceOn(err) === null)).toEqual([])
  },
)
