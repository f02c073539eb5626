import { describe, expect, test } from 'vitest'
import { nodeCalled, readAt, readMessage } from '../../cli/drain-options.ts'
import { UsageError } from '../../cli/exit-code.ts'
import { EnvError } from '../../handlers/settings/env-error.ts'
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
    '2026-11-30T18:00 or so',
    '2026-11-27T18:00',
    '721h',
    '2027-11-28T18:00',
  ])('%s is refused, with the option', (text) => {
    expect(() => readAt(text, now)).toThrow(UsageError)
    expect(() => readAt(text, now)).toThrow(`--at ${text}: `)
  })

  test.each(['', 'tonight', '-1h', '18', `${'9'.repeat(400)}h`])('%j is no time', (text) => {
    const refused = () => readAt(text, now)
    expect(refused).toThrow(/^--at/)
    expect(refused).toThrow(text.length > 100 ? UsageError : EnvError)
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

  test.each(['a\nb', 'a\u001b[2Jb', 'a\u202eb', '\ud800', 'x'.repeat(201)])(
    '%j is refused',
    (text) => {
      expect(() => readMessage(text)).toThrow(/^--message: /)
    },
  )
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

  test('an unknown name, and the beginning of an id, are refused', () => {
    for (const name of ['nosuch', 'id', ''])
      expect(() => nodeCalled(nodes, name)).toThrow(/the swarm has no node /)
  })
})
