import { describe, expect, test } from 'vitest'
import { wholeProgram } from '../../cli/program.ts'

/** The options of all commands that take a number, as the help shows them. */
const { commands } = await wholeProgram()
const options = commands.flatMap((command) =>
  command.options
    .filter(({ flags }) => /<(seconds|lines)>/.test(flags))
    .map((option) => ({ named: `${command.name()} ${option.flags}`, option })),
)
const timers = options.filter(({ option }) => option.flags.includes('<seconds>'))

describe('options that take a number', () => {
  test('there are some', () => {
    expect(options.map(({ named }) => named)).toEqual(
      expect.arrayContaining(['top --every <seconds>', 'logs --tail <lines>']),
    )
  })

  test.each(options)('$named takes no text that is none', ({ option }) => {
    for (const text of ['', ' ', 'ten', '1 0', '-1', 'NaN', 'Infinity', '1e400'])
      expect(() => option.parseArg?.(text, undefined), text).toThrow(/\d/)
  })

  test.each(timers)('$named takes no more than a timer can wait', ({ option }) => {
    expect(option.parseArg?.('60', undefined)).toBe(60)
    for (const text of ['2147484', '1e10', '1e300'])
      expect(() => option.parseArg?.(text, undefined), text).toThrow('86400')
  })
})
