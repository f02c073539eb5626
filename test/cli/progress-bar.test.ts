import { expect, test } from 'vitest'
import { createProgress } from '../../cli/progress-bar.ts'
import { textWidth } from '../../cli/text-width.ts'
import { createScreen } from '../support/screen.ts'

const event = (seq: string, progress: number, message: string) => ({
  seq,
  time: '2026-01-01T00:00:00Z',
  progress,
  message,
})
const WIDE = '準備中の画像を取得しています🚀'

test.each([20, 33, 40, 41, 80, 200])(
  'on %i columns, a bar leaves nothing of a longer message behind',
  (columns) => {
    for (const message of [
      'x'.repeat(columns),
      'y'.repeat(300),
      WIDE.repeat(20),
      'e\u0301'.repeat(90),
    ]) {
      const screen = createScreen({ columns, rows: 24 })
      const progress = createProgress(screen)
      progress.show(event('1:preparing:1', 30, message))
      progress.show(event('1:preparing:2', 40, message))
      progress.show(event('1:running:3', 100, 'Z'))
      progress.end()
      const [first, ...others] = screen.lines().join('').trimEnd().split(' % ')
      expect(first).toMatch(/^\[█{24}\] +100$/)
      expect(others).toEqual(['Z'])
    }
  },
)

test('a message that is longer than the terminal is high is cut', () => {
  const screen = createScreen({ columns: 40, rows: 3 })
  const progress = createProgress(screen)
  progress.show(event('1:preparing:1', 30, 'a'.repeat(5000)))
  expect(screen.lines()).toHaveLength(2)
  expect(screen.lines().at(-1)?.endsWith('…')).toBe(true)
  progress.show(event('1:running:2', 100, 'Z'))
  expect(screen.lines().join('')).not.toContain('a')
})

test.each([true, false])('a start that failed is not shown as 100 % (terminal: %s)', (isTTY) => {
  const screen = { ...createScreen({ columns: 80, rows: 24 }), isTTY }
  const progress = createProgress(screen)
  progress.show(event('1:preparing:1', 30, 'Preparing'))
  progress.show(event('1:rejected:2', 100, 'Rejected by node-1: No such image'))
  progress.end()
  const text = screen.lines().join('\n')
  expect(text).toContain('failed Rejected by node-1: No such image')
  expect(text).not.toContain('100')
  if (isTTY) expect(text).toMatch(/█░+\]/)
})

test('a bar that showed nothing ends without a line', () => {
  const screen = createScreen({ columns: 80, rows: 24 })
  createProgress(screen).end()
  expect(screen.lines()).toEqual([''])
})

test('a wide character takes two columns, and an accent none', () => {
  expect(textWidth('abc')).toBe(3)
  expect(textWidth('画像')).toBe(4)
  expect(textWidth('🚀')).toBe(2)
  expect(textWidth('e\u0301')).toBe(1)
})

test('an event is shown once, and a success is 100 %', () => {
  const screen = { ...createScreen({ columns: 80, rows: 24 }), isTTY: false }
  const progress = createProgress(screen)
  for (let times = 0; times < 2; times++) progress.show(event('1:running:1', 100, 'Running on vm'))
  expect(screen.lines()).toEqual(['100 % Running on vm', ''])
})
