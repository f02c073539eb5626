import { expect, test } from 'vitest'
import { type Screen, showProgress } from '../../../lab/hub/progress.ts'

/** Progress on a screen, with a clock that the test moves. */
const open = (isTTY: boolean) => {
  const written: string[] = []
  let ms = 0
  const ticking = new Set<() => void>()
  const screen: Screen = { isTTY, write: (text) => written.push(text) }
  const progress = showProgress(screen, {
    now: () => ms,
    every: (tick) => {
      ticking.add(tick)
      return () => ticking.delete(tick)
    },
  })
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      ms += 1000
      for (const tick of ticking) tick()
    }
  }
  return { progress, pass, text: () => written.join(''), ticking }
}

test('on a terminal, a step counts its seconds in its line, and keeps them when it ends', () => {
  const { progress, pass, text } = open(true)
  progress.say('Preparing images')
  pass(3)
  expect(text().split('\r').at(-1)).toBe('Preparing images ... 3 s')
  progress.say('Starting services')
  pass(1)
  progress.end()
  const lines = text()
    .split('\n')
    .map((line) => line.split('\r').at(-1))
  expect(lines).toEqual(['Preparing images ... 3 s', 'Starting services ...', ''])
})

test('in a log, a step is a line, and says every half a minute that it goes on', () => {
  const { progress, pass, text } = open(false)
  progress.say('Preparing images')
  pass(65)
  progress.say('Starting services')
  pass(5)
  progress.end()
  expect(text()).toBe(
    'Preparing images ...\n  30 s so far: Preparing images\n  60 s so far: Preparing images\nStarting services ...\n',
  )
})

test('nothing ticks after the end, so the program can end', () => {
  const { progress, pass, text, ticking } = open(true)
  progress.say('Preparing images')
  progress.end()
  const before = text()
  pass(10)
  expect(text()).toBe(before)
  expect(ticking.size).toBe(0)
})
