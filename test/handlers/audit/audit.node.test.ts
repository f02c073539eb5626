import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createAudit } from '../../../handlers/audit/audit.node.ts'
import { auditLine } from '../../../handlers/audit/audit-line.ts'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { readAuditTarget } from '../../../handlers/settings/audit-settings.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { ACTS } from '../../../src/spawner/audit.ts'
import { temporaryDirectory } from '../../support/listen.ts'

const act = { act: 'stop', hub: 'default', username: 'alice' } as const
const Lines = v.array(v.looseObject({ time: v.string(), message: v.literal('audit') }))
const linesOf = (text: string) =>
  v.parse(
    Lines,
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )

describe('the audit log', () => {
  test('a line has the fields that are known, and the digest of the image', () => {
    const digest = `sha256:${'0'.repeat(64)}`
    const line = auditLine(
      { ...act, node: null, image: `lab/a:1@${digest}`, rules: ['user.images'] },
      0,
    )
    expect(line).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      message: 'audit',
      by: 'service',
      act: 'stop',
      hub: 'default',
      username: 'alice',
      image: `lab/a:1@${digest}`,
      digest,
      rules: ['user.images'],
    })
  })

  test('a line has a bound, whatever is in it', () => {
    const long = 'x'.repeat(100_000)
    const groups = Array.from({ length: 10_000 }, () => long)
    const line = JSON.stringify(auditLine({ ...act, reason: long, groups }, 0))
    expect(line.length).toBeLessThan(120_000)
  })

  test('lines are added to a file, which may be moved away at any time', () => {
    const file = join(temporaryDirectory(), 'audit.log')
    const audit = createAudit({ file }, () => {})
    audit(act)
    audit({ ...act, act: 'gc' })
    renameSync(file, `${file}.1`)
    audit(act)
    expect(linesOf(readFileSync(`${file}.1`, 'utf8'))).toMatchObject([
      { act: 'stop' },
      { act: 'gc' },
    ])
    expect(linesOf(readFileSync(file, 'utf8'))).toMatchObject([{ act: 'stop', username: 'alice' }])
    expect(statSync(file).mode & 0o007).toBe(0)
  })

  test('a file that cannot be written keeps the service from starting, and later is complained of once a minute', () => {
    const directory = temporaryDirectory()
    const missing = { file: join(directory, 'missing', 'audit.log') }
    expect(() => createAudit(missing, () => {})).toThrow('SWARMSPAWNER_AUDIT: ')
    const file = join(directory, 'a')
    const logged: LogEntry[] = []
    let [now, lost] = [0, 0]
    const audit = createAudit({ file: join(directory, 'a') }, (entry) => void logged.push(entry), {
      now: () => now,
      onLost: () => (lost += 1),
    })
    renameSync(file, join(directory, 'b'))
    mkdirSync(file)
    audit(act)
    expect(logged).toMatchObject([{ level: 'error', message: 'the audit log cannot be written' }])
    now = 1
    audit(act)
    expect(logged).toHaveLength(1)
    now = 60_001
    audit(act)
    expect(logged).toHaveLength(2)
    expect(lost).toBe(3)
    rmdirSync(file)
    audit(act)
    expect(linesOf(readFileSync(file, 'utf8'))).toMatchObject([{ act: 'stop' }])
  })

  test.each(['stdout', 'stderr'] as const)(
    'lines go to %s, and nothing goes anywhere else',
    (target) => {
      const module = join(projectRoot, 'handlers/audit/audit.node.ts')
      const program = `const { createAudit } = await import(${JSON.stringify(module)})
        for (const target of ['${target}', 'off']) createAudit(target, () => {})(${JSON.stringify(act)})`
      const args = ['--input-type=module', '--no-warnings', '-e', program]
      const child = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect(linesOf(child[target])).toMatchObject([{ act: 'stop' }])
      expect(child[target === 'stdout' ? 'stderr' : 'stdout']).toBe('')
    },
  )
})

test('docs/audit.md has every act and every field', () => {
  const page = readFileSync(join(projectRoot, 'docs/audit.md'), 'utf8')
  for (const kind of ACTS) expect(page).toContain(`\n| \`${kind}\` |`)
  const source = readFileSync(join(projectRoot, 'src/spawner/audit.ts'), 'utf8')
  const fields = [...source.matchAll(/^ {2}(\w+)\??: .*$/gm)].map(([, name]) => name)
  expect(fields.length).toBeGreaterThan(15)
  for (const field of fields) expect(page).toContain(`\`${field}\``)
})

test.each([
  [undefined, 'stderr'],
  ['', 'stderr'],
  ['stdout', 'stdout'],
  ['off', 'off'],
  ['/var/log/audit.log', { file: '/var/log/audit.log' }],
])('SWARMSPAWNER_AUDIT=%s means %j', (text, target) => {
  expect(readAuditTarget(text === undefined ? {} : { SWARMSPAWNER_AUDIT: text })).toEqual(target)
})

test.each(['on', 'audit.log', 'STDERR'])('SWARMSPAWNER_AUDIT=%s is refused', (text) => {
  expect(() => readAuditTarget({ SWARMSPAWNER_AUDIT: text })).toThrow('SWARMSPAWNER_AUDIT must be')
})
