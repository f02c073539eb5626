import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'

const Manifest = v.object({ scripts: v.record(v.string(), v.string()) })
const { scripts } = v.parse(
  Manifest,
  JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')),
)

/** The scripts that run a program of ours: what npm runs before it, and the program. */
const programs = Object.entries(scripts).flatMap(([name, line]) => {
  const [, before = '', program] = /^(.*)\bnode (\S+\.ts)$/.exec(line) ?? []
  return program === undefined ? [] : [{ name, before, program }]
})

/** Runs a program that finds neither npm nor a tool to build with. */
const run = async (program: string, option: string) => {
  const child = spawn(process.execPath, [join(projectRoot, program), option], {
    cwd: projectRoot,
    env: { PATH: '/nowhere' },
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

test('only what npm installs comes before a program of ours', () => {
  expect(programs.length).toBeGreaterThanOrEqual(12)
  const before = programs.map(({ name, before }) => [name, before])
  expect(before).toEqual(programs.map(({ name }) => [name, 'npm run --silent setup && ']))
})

test.concurrent.each(programs)(
  'npm run $name -- --help tells what it does, and builds nothing before',
  async ({ name, program }) => {
    const { code, out, err } = await run(program, '--help')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const command = name === 'test' ? 'npm test' : `npm run ${name}`
    expect(out).toMatch(new RegExp(`^(?:${command}\\b|Usage: ${name}\\b)`))
  },
  30_000,
)

test.concurrent.each([
  'lab/hub/up.ts',
  'lab/hub/down.ts',
  'test/faults/run.ts',
  'docs/write/run.ts',
])(
  '%s refuses an option that it does not know, and says which it knows',
  async (program) => {
    const { code, err } = await run(program, '--nope')
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch(/Unknown option '--nope'(?:.|\n)*npm run /)
    expect(err).not.toContain('    at ')
  },
  30_000,
)
