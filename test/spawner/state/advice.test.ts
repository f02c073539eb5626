import { expect, test } from 'vitest'
import { ENGINE_VERSIONS, fixtureNames, readFixture } from '../../../fixtures/fixture.ts'
import { adviceOn } from '../../../src/spawner/state/advice.ts'
import { isPullFailure } from '../../../src/spawner/state/pull-failure.ts'
import { VOLUME_WORDS } from '../../../src/spawner/state/volume-words.ts'

test('nothing is advised on an end without words, or on what a server ends with by itself', () => {
  expect(adviceOn(null)).toBeNull()
  expect(adviceOn('task: non-zero exit (1)')).toBeNull()
})

test.each([
  ['No such image: x', 'registry'],
  ['invalid mount config for type "bind": bind source path does not exist: /x', 'directory'],
  ['no suitable node (scheduling constraints not satisfied on 2 nodes)', 'constraints'],
  ['no suitable node (insufficient resources on 2 nodes)', 'reserve less'],
  ['range of CPUs is from 0.01 to 1.00, as there are only 1 CPUs available', 'cpu_limit'],
  ['network x not found', 'docker network create --driver overlay'],
  ['task: non-zero exit (137)', 'memory'],
  ['task: non-zero exit (137): dockerexec: unhealthy container', 'health check'],
  ['task: non-zero exit (127)', 'cmd'],
  ['no basic auth credentials', 'SWARMSPAWNER_REGISTRY_AUTH'],
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

const DATA = '/var/lib/docker/volumes/v/_data'
const FAILED = 'starting container failed: '
const MOUNTING = `${FAILED}error while mounting volume '${DATA}': failed to mount local volume: `
const EXEC = `${FAILED}failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: `

/**
 * What tasks said on real Engines, by the beginning of the advice. A text that fits several rows must get the advice of
 * its own: "no such file or directory" is said of programs, of devices and of directories.
 */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  'The image is for another kind of processor than the nodes have': [
    'unsupported platform on 1 node',
    'no suitable node (unsupported platform on 1 node)',
  ],
  'The node could not mount a volume': [
    `${MOUNTING}mount /dev/none:${DATA}: no such file or directory`,
    `${MOUNTING}mount /srv/none:${DATA}, flags: 0x1000: no such file or directory`,
    `${MOUNTING}mount :/srv/data:${DATA}, data: addr=127.0.0.1: no such device`,
    `${MOUNTING}mount :/srv/data:${DATA}, data: addr=10.0.0.9: connection refused`,
    `${MOUNTING}mount :/homes/x:${DATA}, data: addr=10.0.0.1,nfsvers=4: connection timed out`,
    `${MOUNTING}mount :/homes/x:${DATA}, data: addr=10.0.0.1,nfsvers=4: permission denied`,
    `${EXEC}error during container init: error mounting "/srv/file" to rootfs at "/home": mount src=/srv/file, dst=/home: not a directory`,
  ],
  'The Engine may not copy': [
    `open ${DATA}: permission denied`,
    `failed to chmod on ${DATA}: chmod ${DATA}: operation not permitted`,
  ],
  'The user of the container may not enter': [
    `${EXEC}chdir to cwd ("/home/jovyan") set in config.json failed: permission denied: unknown`,
  ],
  'The storage of a volume does not answer': [VOLUME_WORDS.alone, VOLUME_WORDS.orCheck],
  'The volume does not have the directory': [
    `${FAILED}cannot access path ${DATA}/none/there: lstat ${DATA}/none: no such file or directory`,
    `${FAILED}path concatenation escapes the base directory: base: ${DATA}, sub: ../x`,
  ],
  'Create the directory on every node': [
    'invalid mount config for type "bind": bind source path does not exist: /srv/missing',
  ],
  'The image does not have the program': [
    'task: non-zero exit (127)',
    `${EXEC}exec: "nosuch": executable file not found in $PATH`,
    `${EXEC}exec: "/no/such": stat /no/such: no such file or directory`,
  ],
  'The image does not have the user': [
    `${FAILED}unable to find user nobody2: no matching entries in passwd file`,
  ],
  'No node has enough free CPU': [
    'no suitable node (insufficient resources on 1 node)',
    'no suitable node (scheduling constraints not satisfied on 2 nodes; insufficient resources on 1 node)',
  ],
  'No node meets the placement constraints': [
    'no suitable node (scheduling constraints not satisfied on 1 node)',
  ],
  'No node has the volume, network or log driver': ['no suitable node (missing plugin on 1 node)'],
  'The labels or the role of the node were changed': ['assigned node no longer meets constraints'],
  'It was killed, most often': ['task: non-zero exit (137)'],
  'Its health check kept failing': ['task: non-zero exit (143): dockerexec: unhealthy container'],
}
const TABLE = Object.entries(TASKS).flatMap(([advice, all]) =>
  all.map((reason): [string, string] => [advice, reason]),
)

test.each(TABLE)('"%s…" is the advice on %s', (advice, reason) => {
  expect(adviceOn(reason)?.startsWith(advice), adviceOn(reason) ?? 'none').toBe(true)
})

test('each text of a task that was recorded is in the table, other than pulls and ends of the program itself', () => {
  const recorded = ENGINE_VERSIONS.flatMap((version) =>
    fixtureNames(version)
      .filter((name) => name.startsWith('task-list.'))
      .flatMap((name) => {
        const { json } = readFixture(version, name).response
        return Array.isArray(json) ? json.map(({ Status }) => String(Status?.Err ?? '')) : []
      }),
  )
  const known = new Set(TABLE.map(([, reason]) => reason))
  const others = recorded.filter(
    (err) => err !== '' && err !== 'task: non-zero exit (3)' && !isPullFailure(err),
  )
  expect(others.length).toBeGreaterThan(10)
  expect(others.filter((err) => !known.has(err))).toEqual([])
})
