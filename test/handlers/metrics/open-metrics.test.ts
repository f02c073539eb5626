import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameOfCall } from '../../../handlers/metrics/engine-call.ts'
import { createHistogram } from '../../../handlers/metrics/histogram.ts'
import { writeOpenMetrics } from '../../../handlers/metrics/open-metrics.ts'
import { processMetrics } from '../../../handlers/metrics/process-metrics.node.ts'
import { UNPRINTABLE } from '../../support/hostile-engine.ts'
import { readMetrics, sumOf } from '../../support/read-metrics.ts'

describe('an exposition', () => {
  test('an exposition has type, help and samples of each family, and an end', () => {
    const samples = [
      { labels: { a: 'x"\\\n' }, value: 1 },
      { labels: { a: 'y' }, value: 0.5 },
      { labels: { a: 'y' }, value: 2 },
    ]
    const text = writeOpenMetrics([
      { name: 'one', type: 'counter', help: 'One.', samples },
      { name: 'none', type: 'gauge', help: 'None.', samples: [] },
    ])
    expect(text).toBe(
      '# TYPE one counter\n# HELP one One.\none_total{a="x\\"\\\\ "} 1\none_total{a="y"} 2.5\n# EOF\n',
    )
    expect(sumOf(readMetrics(text), 'one_total', { a: 'x"\\ ' })).toBe(1)
  })

  test('whatever is in a label, the exposition stays valid, and has a bound', () => {
    const unit = fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      '\ud800',
      '\u{1f600}',
      '"',
      '\\',
      '}',
      '\0',
      'a',
    )
    const text = fc.oneof(
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 })
        .map((units) => String.fromCharCode(...units)),
      fc.string({ unit, maxLength: 100 }),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
        const samples = values.map((value) => ({ labels: { a: value, b: value }, value: 1 }))
        const written = writeOpenMetrics([{ name: 'one', type: 'gauge', help: 'One.', samples }])
        const read = readMetrics(written)
        expect(sumOf(read, 'one')).toBe(values.length)
        expect(Buffer.from(written).toString()).toBe(written)
        for (const { labels } of read)
          for (const value of Object.values(labels)) {
            expect(value.length).toBeLessThanOrEqual(64)
            expect(value).not.toMatch(UNPRINTABLE)
          }
      }),
      { numRuns: 25 },
    )
  })

  test('the buckets of a histogram contain those below them', () => {
    const histogram = createHistogram('s', 'S.', [0.5, 1, 60])
    for (const seconds of [0.5, 0.6, 1, 59, 61]) histogram.observe({ hub: 'a' }, seconds)
    const samples = readMetrics(writeOpenMetrics([histogram.family()]))
    const buckets = samples.filter(({ name }) => name === 's_bucket')
    expect(buckets.map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['0.5', 1],
      ['1.0', 3],
      ['60.0', 4],
      ['+Inf', 5],
    ])
    expect(sumOf(samples, 's_count')).toBe(5)
    expect(sumOf(samples, 's_sum')).toBeCloseTo(122.1)
  })

  test('this process tells its processor time, its memory and its beginning', () => {
    const samples = readMetrics(writeOpenMetrics(processMetrics()))
    expect(sumOf(samples, 'process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(sumOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(2 ** 20)
    const begun = sumOf(samples, 'process_start_time_seconds')
    expect(Math.abs(Date.now() / 1000 - begun)).toBeLessThan(86_400)
  })
})

test.each([
  ['GET', '/v1.51/tasks?filters=%7B%7D', 'GET /tasks'],
  ['HEAD', '/_ping', 'HEAD /_ping'],
  ['POST', '/v1.51/services/create', 'POST /services/create'],
  ['DELETE', '/v1.51/services/abc', 'DELETE /services/{id}'],
  ['GET', '/v1.51/services/abc/logs?tail=1', 'GET /services/{id}/logs'],
  ['GET', '/v1.51/images/lab%2Fa%3A1/json', 'GET /images/{id}/json'],
  ['GET', '/v1.51/services/create', 'GET /services/create'],
  ['GET', '/v1.51/alice/bob', 'GET other'],
  ['GET', '', 'GET other'],
])('the name of the call %s %s is %s', (method, path, name) => {
  expect(nameOfCall({ method, path })).toBe(name)
})
