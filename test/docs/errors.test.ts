import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { exitCodeOf, UsageError } from '../../cli/exit-code.ts'
import { EXIT_CODES, errorsPage, SPAWN_FAILURES } from '../../docs/write/errors.ts'
import { PROBLEMS } from '../../handlers/errors.ts'
import { EnvError } from '../../handlers/settings/env-error.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { DockerError, REFUSED, UNREACHABLE } from '../../src/docker/errors.ts'
import { HubApiError } from '../../src/hub-api/errors.ts'
import { SPAWN_ERRORS, SpawnError } from '../../src/spawner/errors.ts'

test('every problem has one row', () => {
  const rows = [...errorsPage().matchAll(/^\| `(\w+)` \| \d{3} /gm)].map(([, code]) => code)
  expect(rows.toSorted()).toEqual(Object.keys(PROBLEMS).sort())
})

test('no cell of a problem is empty', () => {
  expect(errorsPage()).not.toMatch(/\| +\|/)
})

test("what the hub's class calls a failure has a row, or is a problem", () => {
  const source = readFileSync(join(projectRoot, 'hub/swarmspawner.py'), 'utf8')
  const codes = new Set([...source.matchAll(/code='(\w+)'/g)].map(([, code = '']) => code))
  const own = [...codes].filter((code) => !(code in PROBLEMS))
  expect(own.sort()).toEqual(Object.keys(SPAWN_FAILURES).sort())
})

test('every exit code has a row, and every row an error', () => {
  const errors = [
    new CommanderError(0, 'commander.helpDisplayed', 'help'),
    new CommanderError(1, 'commander.unknownCommand', 'unknown'),
    new UsageError('words'),
    new EnvError('words'),
    new Error('words'),
    ...SPAWN_ERRORS.map((code) => new SpawnError(code, 'words')),
    ...[...REFUSED, ...UNREACHABLE].map((code) => new DockerError(code, 'words')),
    new HubApiError('unreachable', 'words'),
    new HubApiError('unauthorized', 'words'),
  ]
  const codes = new Set(errors.map((error) => String(exitCodeOf(error))))
  expect([...codes].sort()).toEqual(Object.keys(EXIT_CODES))
})
