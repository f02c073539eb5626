import fc from 'fast-check'

/** Stands for what is secret: it is in environments and tokens, and must come out nowhere. */
export const SECRET = 'canary-of-a-secret-0123456789'

/** Stands for a value in the wrong place: a refusal of ours names its field and does not repeat it. */
export const MISPLACED = 'canary-of-a-misplaced-value'

/** Texts that have broken programs before. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    ...['', ' ', '.', '..', '-', '1', '/', '\\', ':', '\0', 'a\0b', '\r\n', '\ud800', '\udfff x'],
    ...['NaN', 'Infinity', '1e999', '-0', 'null', 'undefined', 'true', '{{.Node.Hostname}}'],
    ...['{username}', '{{ x', '__proto__', 'constructor', '\u202e', '\ufeff', 'ﬀ', '👩‍🔬', 'Ä'],
    'x'.repeat(64),
    'x'.repeat(10_000),
    '$(id)',
    '%00%2e%2e',
  ),
)

/** Numbers at the edges of every type that a program may put them in. */
const oddNumber: fc.Arbitrary<number> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 1.5, 1e-7, 2 ** 31, 2 ** 53, 2 ** 64, 1e21, Number.MAX_VALUE),
)

/** Names that mean something to JavaScript, to us, or to the Engine. */
const oddKey: fc.Arbitrary<string> = fc.oneof(
  oddText,
  fc.constantFrom(
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', '0', '-1'],
    ...['server', 'servers', 'username', 'env', 'config', 'Image', 'Mounts', 'Labels', 'length'],
    ...['org.swarmspawner.hub', 'org.swarmspawner.username'],
  ),
)

/** Any JSON value, odd ones before all. */
export const { oddJson } = fc.letrec<{ oddJson: unknown; dict: object }>((tie) => ({
  oddJson: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(oddText, oddNumber, fc.boolean(), fc.constantFrom(null, MISPLACED)),
    fc.array(tie('oddJson'), { maxLength: 4 }),
    tie('dict'),
  ),
  dict: fc
    .array(fc.tuple(oddKey, tie('oddJson')), { maxLength: 4 })
    .map((pairs) => Object.fromEntries(pairs)),
}))

/** Brackets in brackets, deeper than any stack. */
export const deepJson: fc.Arbitrary<string> = fc
  .record({ depth: fc.constantFrom(10, 33, 1000, 100_000), open: fc.constantFrom('[', '{"a":') })
  .map(({ depth, open }) => {
    const close = open === '[' ? ']' : '}'
    return `${open.repeat(depth)}1${close.repeat(depth)}`
  })
