import { expect, test } from 'vitest'
import { createProgress } from '../../cli/progress-bar.ts'

const event = (message: string, progress = 30) => ({
  seq: message,
  time: '2026-11-28T12:00:00Z',
  progress,
  message,
})

/** What is written for some events: the bar's own part is left out. */
const written = (columns: number | undefined, isTTY = true) => {
  const texts: string[] = []
  const write = (text: string): boolean => texts.push(text) > 0
  const progress = createProgress({ isTTY, write, ...(columns !== undefined && { columns }) })
  return { progress, texts }
}

const CLEARED = '\r\u001b[K'

test.each([
  ['a long message', 'x'.repeat(500), 60],
  ['wide characters', '画像を取得しています'.repeat(20), 60],
  ['characters of two units', '🚀'.repeat(200), 60],
  ['a terminal that tells no width', 'x'.repeat(500), undefined],
])('a bar never wraps: %s', (_, message, columns) => {
  const { progress, texts } = written(columns)
  progress.show(event(message))
  const [drawn = ''] = texts
  expect(drawn.startsWith(CLEARED)).toBe(true)
  const line = drawn.slice(CLEARED.length)
  const width = [...line].reduce(
    (sum, one) => sum + (/[\u1100-\u{10ffff}]/u.test(one) && !/[█░]/.test(one) ? 2 : 1),
    0,
  )
  expect(width).toBeGreaterThan(40)
  expect(width).toBeLessThan(columns ?? 80)
  expect(line.isWellFormed()).toBe(true)
})

test.each([true, false])('a failure is not 100 %, on a terminal: %s', (isTTY) => {
  const { progress, texts } = written(80, isTTY)
  progress.show(event('Preparing on vm'), true)
  progress.show(event('Failed on vm', 100), true)
  expect(texts.join()).toContain('30 % Preparing on vm')
  expect(texts.join()).toContain('failed Failed on vm')
  expect(texts.join()).not.toContain('100 %')
})

test('a success is 100 %', () => {
  const { progress, texts } = written(80, false)
  progress.show(event('Running on vm', 100))
  expect(texts).toEqual(['100 % Running on vm\n'])
})

test('an event is shown once', () => {
  const { progress, texts } = written(80, false)
  for (let times = 0; times < 2; times++) progress.show(event('Service created', 5))
  expect(texts).toHaveLength(1)
})
