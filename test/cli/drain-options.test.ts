import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { nodeCalled, readAt, readMessage } from '../../cli/drain-options.ts'
import { UsageError } from '../../cli/exit-code.ts'
import type { Node } from '../../src/docker/nodes.ts'

const now = new Date(2026, 10, 28, 17, 30).getTime()

describe('--at', () => {
  test('a time of day is the next one, today or tomorrow', () => {
    expect(readAt('18:00', now)).toBe(new Date(2026, 10, 28, 18, 0).getTime())
    expect(readAt('9:05', now)).toBe(new Date(2026, 10, 29, 9, 5).getTime())
    expect(readAt('17:30', now)).toBe(new Date(2026, 10, 29, 17, 30).getTime())
  })

  test('a date with a time has the zone that it names, or that of the process', () => {
    expect(readAt('2026-11-30T18:00', now)).toBe(new Date(2026, 10, 30, 18, 0).getTime())
    expect(readAt('2026-11-30 18:00', now)).toBe(new Date(2026, 10, 30, 18, 0).getTime())
    expect(readAt('2026-12-01T18:00:00+02:00', now)).toBe(Date.parse('2026-12-01T16:00:00Z'))
    expect(readAt('2026-12-01T18:00:00.000Z', now)).toBe(Date.parse('2026-12-01T18:00:00Z'))
  })

  test('a duration counts from now on', () => {
    expect(readAt('1h30m', now)).toBe(now + 5_400_000)
    expect(readAt('0s', now)).toBe(now)
  })

  test.each([
    '24:00',
    '18:60',
    '2026-13-01T18:00',
    '2026-11-30',
    '2026-11-30T24:00',
    '2026-11-31T18:00',
    '2026-02-30T18:00Z',
    '2026-11-30T18:00+1',
    '2026-11-30T18:00 CET',
    '2026-11-30T18:00 or so',
    '2026-11-27T18:00',
    '721h',
    '2027-11-28T18:00',
  ])('%s is refused, with the option', (text) => {
    expect(() => readAt(text, now)).toThrow(UsageError)
    expect(() => readAt(text, now)).toThrow(`--at ${text}: `)
  })

  test.each([
    ...['', 'tonight', 'tomorrow 18:00', '-1h', '18', '6pm', '18:00Z', '18:00+01:00', '18:00 CET'],
    ...['18:00:00', '30.11.2026 18:00', `${'9'.repeat(400)}h`],
  ])('%j is no time', (text) => {
    const refused = () => readAt(text, now)
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(/^--at/)
    if (text.length < 100) expect(refused).toThrow(/such as 18:00, a date with a time such as /)
  })

  test('a time of day is one of the clock on the wall, also on days when clocks are changed', async () => {
    const [from, to] = ['2026-03-29T00:00:00+01:00', '2026-10-25T00:00:00+02:00'].map(Date.parse)
    const hours = (count: number) => count * 3_600_000
    const asked = [
      // Clocks go from 2:00 to 3:00, and from 3:00 to 2:00.
      ['01:30', from],
      ['03:00', from],
      ['18:00', from],
      // There is no 2:30 on this day, and there is one on the next.
      ['02:30', from],
      ['02:30', (from ?? 0) + hours(4)],
      ['18:00', to],
    ]
    const wanted = [
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T16:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-10-25T17:00:00.000Z',
    ]
    const script = `
      const { readAt } = await import('${import.meta.resolve('../../cli/drain-options.ts')}')
      const told = ${JSON.stringify(asked)}.map(([text, now]) => new Date(readAt(text, now)).toISOString())
      console.log(JSON.stringify(told))`
    // A zone belongs to a process.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { TZ: 'Europe/Berlin' } },
    )
    expect(JSON.parse(stdout)).toEqual(wanted)
  })
})

describe('--message', () => {
  test('a message is one line of text, in any language', () => {
    expect(readMessage('  Neue Platten <b>& mehr</b>, 维护 ')).toBe(
      'Neue Platten <b>& mehr</b>, 维护',
    )
    expect(readMessage('')).toBe('')
    expect(readMessage('x'.repeat(200))).toHaveLength(200)
  })

  test.each([
    ...['a\nb', 'a\u001b[2Jb', 'a\u202eb', '\ud800', 'a\0b', 'a\u2028b'],
    ...['x'.repeat(201), 'x'.repeat(10_000)],
  ])('%j is refused', (text) => {
    expect(() => readMessage(text)).toThrow(/^--message: /)
  })
})

describe('NODE', () => {
  const nodeOf = (ID: string, Hostname: string, State = 'ready'): Node => ({
    ID,
    Spec: { Role: 'worker', Availability: 'active' },
    Description: { Hostname },
    Status: { State },
  })
  const nodes = [nodeOf('id1', 'a'), nodeOf('id2', 'b'), nodeOf('id3', 'b', 'down')]

  test('a node has its id, or a name that no other has', () => {
    expect(nodeCalled(nodes, 'a').ID).toBe('id1')
    expect(nodeCalled(nodes, 'id3').ID).toBe('id3')
    expect(nodeCalled([...nodes, nodeOf('id4', 'id1')], 'id1').ID).toBe('id1')
  })

  test('a name of several nodes is refused with their ids', () => {
    expect(() => nodeCalled(nodes, 'b')).toThrow(
      'several nodes are called b; write the id of one: id2 (ready), id3 (down)',
    )
  })

  test('an unknown name is refused, and so is a part of an id, with the ids that begin so', () => {
    for (const name of ['nosuch', 'd1', ''])
      expect(() => nodeCalled(nodes, name)).toThrow(
        `the swarm has no node ${name}; docker node ls shows those that it has`,
      )
    expect(() => nodeCalled(nodes, 'id')).toThrow(
      'the swarm has no node id; if an id begins so, write all of it: id1 (a), id2 (b), id3 (b)',
    )
  })
})
