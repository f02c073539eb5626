import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyOf, ENGINE_VERSIONS, readFixture } from '../../fixtures/fixture.ts'
import { decodeLogs, type LogLine } from '../../src/docker/log-stream.ts'
import { broken, cutAt } from '../support/chunks.ts'
import { collect } from '../support/collect.ts'

const STREAMS = { stdout: 1, stderr: 2, system: 3 } as const

const frame = (stream: LogLine['stream'], content: string | Uint8Array): Uint8Array => {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(8)
  header.writeUInt8(STREAMS[stream], 0)
  header.writeUInt32BE(bytes.byteLength, 4)
  return Buffer.concat([header, bytes])
}

const decode = (bytes: Uint8Array, isRaw = false, cuts: readonly number[] = []) =>
  collect(decodeLogs(cutAt(bytes, cuts), { isRaw }))

describe.each(ENGINE_VERSIONS)('Engine %s', (version) => {
  test.each([
    ['service-logs.200', false],
    ['service-logs.tty.200', true],
  ])('%s gives the same lines wherever it is cut in two, and byte by byte', async (name, isRaw) => {
    const bytes = bodyOf(readFixture(version, name))
    const whole = await decode(bytes, isRaw)
    expect(whole.map(({ text }) => text)).toEqual(['to stdout', 'to stderr'])
    const places = [...bytes.keys()]
    for (const place of places) expect(await decode(bytes, isRaw, [place])).toEqual(whole)
    expect(await decode(bytes, isRaw, places)).toEqual(whole)
  })
})

test('any texts of any streams come out as they went in, in any pieces', async () => {
  const line = fc.record({
    stream: fc.constantFrom<LogLine['stream']>('stdout', 'stderr', 'system'),
    text: fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(2000)), async (lines, cuts) => {
      const bytes = Buffer.concat(lines.map(({ stream, text }) => frame(stream, `${text}\n`)))
      const places = cuts.filter((place) => place <= bytes.byteLength)
      expect(await decode(bytes, false, places)).toEqual(lines)
    }),
  )
})

test('a line may be spread over frames, and a frame hold several lines', async () => {
  const bytes = Buffer.concat([
    frame('stdout', 'one\ntw'),
    frame('stderr', 'in between\n'),
    frame('stdout', 'o\nthree\n'),
  ])
  expect(await decode(bytes)).toEqual([
    { stream: 'stdout', text: 'one' },
    { stream: 'stderr', text: 'in between' },
    { stream: 'stdout', text: 'two' },
    { stream: 'stdout', text: 'three' },
  ])
})

test('a character may be spread over frames of its stream', async () => {
  const [first, second] = [Buffer.from('é\n').subarray(0, 1), Buffer.from('é\n').subarray(1)]
  const bytes = Buffer.concat([
    frame('stdout', first),
    frame('stderr', 'x\n'),
    frame('stdout', second),
  ])
  expect(await decode(bytes)).toContainEqual({ stream: 'stdout', text: 'é' })
})

test('the last line needs no line feed, and an empty line is one', async () => {
  expect(await decode(frame('stdout', '\nlast'))).toEqual([
    { stream: 'stdout', text: '' },
    { stream: 'stdout', text: 'last' },
  ])
})

test("the Engine's own complaint is a line of the system", async () => {
  const text = 'Error grabbing logs: incomplete log stream'
  expect(await decode(frame('system', text))).toEqual([{ stream: 'system', text }])
})

test('a body without bytes has no lines', async () => {
  expect(await decode(new Uint8Array())).toEqual([])
  expect(await decode(new Uint8Array(), true)).toEqual([])
})

test('a stream that ends within a frame was broken off, after the lines before', async () => {
  const whole = Buffer.concat([frame('stdout', 'one\n'), frame('stdout', 'two\n')])
  for (const end of [13, 19, 23]) {
    const lines: LogLine[] = []
    const read = async () => {
      for await (const line of decodeLogs(cutAt(whole.subarray(0, end), []), { isRaw: false }))
        lines.push(line)
    }
    await expect(read()).rejects.toMatchObject({ code: 'connection_lost' })
    expect(lines).toEqual([{ stream: 'stdout', text: 'one' }])
  }
})

test.each([
  ['the text of a terminal', Buffer.from('to stdout\r\n')],
  ['a stream that does not exist', Buffer.from([4, 0, 0, 0, 0, 0, 0, 1, 65])],
  ['a frame of 2 GB', Buffer.from([1, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff])],
])('%s is not a frame', async (_, bytes) => {
  await expect(decode(bytes)).rejects.toMatchObject({ code: 'unexpected_answer' })
})

describe.each([
  ['frames', false],
  ['plain bytes', true],
])('a body of %s that breaks off', (_, isRaw) => {
  const chunks = () => [isRaw ? Buffer.from('one\n') : frame('stdout', 'one\n')]

  test('a log that breaks off is a lost connection', async () => {
    const cause = new Error('other side closed')
    const lines = collect(decodeLogs(broken(chunks(), cause), { isRaw }))
    await expect(lines).rejects.toMatchObject({ code: 'connection_lost', cause })
  })

  test("a log that the caller broke off ends with the caller's reason", async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    const lines = collect(decodeLogs(broken(chunks(), new Error('aborted')), { isRaw, signal }))
    await expect(lines).rejects.toBe(reason)
  })
})

test('a frame that comes byte by byte, and a line of frames of one byte, cost no more than their length', async () => {
  const long = frame('stdout', 'x'.repeat(600_000))
  async function* byteByByte() {
    for (let at = 0; at < long.byteLength; at++) yield long.subarray(at, at + 1)
  }
  const [line] = await collect(decodeLogs(byteByByte(), { isRaw: false }))
  expect(line).toEqual({ stream: 'stdout', text: 'x'.repeat(64 * 1024) })

  const [one, end] = [frame('stderr', 'y'), frame('stderr', '\n')]
  async function* frameByFrame() {
    for (let count = 0; count < 300_000; count++) yield one
    yield end
  }
  const lines = await collect(decodeLogs(frameByFrame(), { isRaw: false }))
  expect(lines).toEqual([{ stream: 'stderr', text: 'y'.repeat(64 * 1024) }])
})
