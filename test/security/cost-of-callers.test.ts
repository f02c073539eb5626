import { expect, test } from 'vitest'
import { verifySignature } from '../../handlers/caller/signature.ts'
import { signedAt } from '../../handlers/caller/signed-at.ts'
import { jsonText } from '../../handlers/every-call/json-text.ts'
import { subjectOf } from '../../handlers/every-call/log-subject.ts'
import { registryOf } from '../../src/docker/registry-auth.ts'
import { refuseAmounts } from '../../src/spawner/settings/refuse-amounts.ts'
import { shellWords } from '../../src/spawner/settings/shell-words.ts'
import { isPullFailure } from '../../src/spawner/state/pull-failure.ts'
import { growth, LINEAR } from '../support/growth.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

/** As in cost.test.ts: what is done with a call before and after anybody knows whose it is. */

const hubs = Object.entries(SECRETS).map(([hub, secret]) => ({ hub, keys: [keyOf(secret)] }))
const SIGNATURE = `v1,${'A'.repeat(43)}=`

const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {
    // A refusal is what most of these are for.
  }
}

const verify = (headers: Record<string, string>, body = '{}') =>
  attempt(() =>
    verifySignature(
      hubs,
      new Headers({
        'webhook-id': 'a',
        'webhook-timestamp': '1',
        'webhook-signature': SIGNATURE,
        ...headers,
      }),
      body,
    ),
  )

const ON_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  'the body of a stranger': (text) => verify({}, text),
  'the id of a stranger': (text) => verify({ 'webhook-id': `a${text}` }),
  'the signatures of a stranger': (text) => verify({ 'webhook-signature': `${text} ${SIGNATURE}` }),
  'when a stranger has signed': (text) =>
    attempt(() => signedAt(new Headers({ 'webhook-timestamp': text }))),
  'the registry of an image': registryOf,
  'a command in one text': (text) => attempt(() => shellWords(text, 'x')),
  'words that may be of a pull': isPullFailure,
  'a text that is answered': (text) => jsonText({ text }),
  'placeholders before they are filled in': (text) => attempt(() => refuseAmounts({ a: text })),
}

const PIECES = [
  'a',
  ' ',
  '\t',
  ':',
  '/',
  '.',
  "'",
  '"',
  '\\',
  '{',
  '{username}',
  '1',
  ',',
  'é',
  '😀',
]

test.each(Object.entries(ON_TEXT))('%s costs no more than its length', (_, work) => {
  for (const piece of PIECES) {
    const grown = growth((size) => () => work(piece.repeat(size)), Math.ceil(20_000 / piece.length))
    expect([piece, Math.max(LINEAR, Math.round(grown))]).toEqual([piece, LINEAR])
  }
})

const ON_MANY: Readonly<Record<string, (count: number) => () => unknown>> = {
  'signatures of a stranger': (count) => {
    const signatures = Array(count).fill(SIGNATURE).join(' ')
    return () => verify({ 'webhook-signature': signatures })
  },
  'servers of a line of the log': (count) => {
    const servers = Array(count).fill({ username: 'a' })
    return () => subjectOf({ servers })
  },
  'settings that are counted': (count) => {
    const labels = Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']))
    return () => attempt(() => refuseAmounts({ labels }))
  },
}

test.each(Object.entries(ON_MANY))('many %s cost no more than their number', (_, work) => {
  expect(growth(work, 1000)).toBeLessThan(LINEAR)
})
