import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { fileWriter } from '../../../handlers/audit/line-writer.node.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { temporaryDirectory } from '../../support/listen.ts'

const module = JSON.stringify(join(projectRoot, 'handlers/audit/line-writer.node.ts'))
const CATCH = `const tryTo = (write, line) => { try { write(line) } catch ({ code }) { console.error(code) } }`

/** Runs a program in a shell that may limit it. `$0` is node, and `$1` the program. */
const run = (shell: string, program: string, ...args: string[]) => {
  const text = `import { fileWriter, streamWriter } from ${module}; ${CATCH}; ${program}`
  return spawnSync('sh', ['-c', shell, process.execPath, text, ...args], { encoding: 'utf8' })
}
const NODE = '"$0" --no-warnings --input-type=module -e "$1" "$2"'

describe('fileWriter', () => {
  test('it adds lines, and a file that it makes has the mode', () => {
    const file = join(temporaryDirectory(), 'a')
    for (const line of ['one\n', 'two\n']) fileWriter(file, 0o600)(line)
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('a full disk is an error', () => {
    const write = fileWriter('/dev/full', 0o600)
    write('')
    expect(() => write('line\n')).toThrow('ENOSPC')
  })

  test('a named pipe that nobody reads is an error, and nobody waits for it', () => {
    const pipe = join(temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(() => fileWriter(pipe, 0o600)('line\n')).toThrow('ENXIO')
  })

  test('a reader that hangs is waited for once, and has the lines again when it goes on', () => {
    const pipe = join(temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    const wait = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
    onTestFinished(() => void wait.mockRestore())
    onTestFinished(() => closeSync(reader))
    const write = fileWriter(pipe, 0o600)
    const full = `${'x'.repeat(4095)}\n`
    const fill = () => {
      for (;;) write(full)
    }
    expect(fill).toThrow('EAGAIN')
    const once = wait.mock.calls.length
    expect(once).toBeGreaterThan(100)
    for (let more = 0; more < 20; more += 1) expect(() => write(full)).toThrow('EAGAIN')
    expect(wait).toHaveBeenCalledTimes(once)
    readSync(reader, Buffer.alloc(2 ** 20))
    write('again\n')
    expect(fill).toThrow('EAGAIN')
    expect(wait).toHaveBeenCalledTimes(2 * once)
  })

  test('after a line of which only a part fitted, the next one begins on a new line', () => {
    const file = join(temporaryDirectory(), 'a')
    // The second line does not fit into a file of at most one block. Then there is another file of that name.
    const program = `import { renameSync, truncateSync } from 'node:fs'
      const write = fileWriter(process.argv[1], 0o600)
      tryTo(write, 'first\\n'); tryTo(write, 'x'.repeat(2000) + '\\n'); tryTo(write, '')
      truncateSync(process.argv[1], 10); tryTo(write, 'third\\n'); tryTo(write, 'fourth\\n')`
    const { stderr } = run(`trap '' XFSZ; ulimit -f 1; ${NODE}`, program, file)
    expect(stderr).toBe('EFBIG\n')
    expect(readFileSync(file, 'utf8')).toBe('first\nxxxx\nthird\nfourth\n')
  })
})

describe('streamWriter', () => {
  test('a pipe that nobody reads any more is an error each time, and no end of the process', () => {
    const program = `import { setTimeout } from 'node:timers/promises'
      const write = streamWriter(1)
      for (let isRead = true; isRead; await setTimeout(5)) try { write('') ; write('.') } catch { isRead = false }
      for (const line of ['one', 'two']) tryTo(write, line + '\\n')
      await setTimeout(5); console.error('alive')`
    const { stderr } = run(`{ ${NODE}; } | true`, program)
    expect(stderr).toBe('EPIPE\nEPIPE\nalive\n')
  })

  test('a long line comes whole, also through a pipe that is full for a moment', () => {
    // Node makes its standard input non-blocking, and here that is the same pipe.
    const program = `process.stdin.on('error', () => {})
      try { streamWriter(1)('x'.repeat(1_000_000) + '\\n') } finally { process.exit() }`
    const { stdout, stderr } = run(`{ ${NODE} <&1; } | wc -c`, program)
    expect(stderr).toBe('')
    expect(Number(stdout)).toBe(1_000_001)
  })
})
