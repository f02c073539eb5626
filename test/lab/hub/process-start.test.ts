import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { processStart } from '../../../lab/hub/process-start.ts'

test.runIf(process.platform === 'linux')(
  'a process has one start as long as it lives, and none after it',
  async () => {
    const child = spawn('sleep', ['60'])
    const pid = child.pid ?? 0
    const start = processStart(pid)
    expect(start).toMatch(/^\d+$/)
    expect(processStart(pid)).toBe(start)
    expect(Number(start)).toBeGreaterThanOrEqual(Number(processStart(process.pid)))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(processStart(pid)).toBeUndefined()
  },
)
