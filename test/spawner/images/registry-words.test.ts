import { expect, test } from 'vitest'
import { DockerError, type DockerErrorCode } from '../../../src/docker/errors.ts'
import { registryWords } from '../../../src/spawner/images/registry-words.ts'
import { growth, LINEAR } from '../../support/growth.ts'

const told = (
  words: string,
  {
    image = 'lab/notebook:1',
    hasCredentials = false,
    code = 'server_error',
  }: { image?: string; hasCredentials?: boolean; code?: DockerErrorCode } = {},
) => {
  const error = new DockerError(code, `GET /distribution: ${words}`, { engineMessage: words })
  return registryWords(error, { image, hasCredentials, patienceMs: 2000 })
}

test.each([
  [
    'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    {},
    /^Docker Hub needs credentials, and the service has none for it \(errors: denied: /,
  ],
  [
    'unauthorized: incorrect username or password',
    { hasCredentials: true, code: 'unauthorized' as const },
    /^Docker Hub refuses the credentials of the service \(/,
  ],
  [
    'Get "https://auth.docker.io/token?[redacted]": dial tcp: lookup auth.docker.io: no such host',
    {},
    /^Docker Hub is not found: the Engine's DNS does not know its name/,
  ],
  [
    'Get "https://login.example/sso": x509: certificate has expired or is not yet valid: current time …',
    { image: 'r.example/lab/notebook' },
    /^the registry r\.example leads to login\.example, which has a certificate that the Engine does not/,
  ],
  ['manifest unknown', {}, /^Docker Hub has no tag 1 of lab\/notebook \(/],
  [
    'manifest unknown',
    { image: `r.example/a@sha256:${'1'.repeat(64)}` },
    /^the registry r\.example has no image sha256:1{64} of a \(/,
  ],
  ['something new', {}, /^Docker Hub does not tell the digest \(something new\)$/],
])('the words %j of an Engine', (words, more, sentence) => {
  expect(told(words, more)?.message).toMatch(sentence)
})

test('an error that is about the Engine is none of the registry', () => {
  for (const code of ['no_leader', 'not_a_manager', 'tls'] as const)
    expect(told('This node is not a swarm manager', { code })).toBeUndefined()
  const gone = new DockerError('unreachable', 'The Engine cannot be reached')
  const asked = { image: 'a', hasCredentials: false, patienceMs: 1 }
  expect(registryWords(gone, asked)).toBeUndefined()
  expect(registryWords(new Error('a fault of ours'), asked)).toBeUndefined()
})

test('a registry cannot make the sentence long, or move the terminal', () => {
  const { message = '' } = told(`unknown: <html>\u001b[2J\n${'x'.repeat(5000)}`) ?? {}
  expect(message).toMatch(
    /^Docker Hub answers with a web page: it is no registry \(unknown: <html>/,
  )
  expect(message.length).toBeLessThan(450)
  expect(message).not.toMatch(/\p{Cc}/u)
})

test('the words of a registry cost no more than their length', () => {
  for (const piece of [
    '"https://a',
    'Get "http://',
    'denied: <',
    ': ',
    'error parsing HTTP 403 ',
    '\n',
  ])
    expect([piece, growth((size) => () => told(piece.repeat(size)), 200) < LINEAR]).toEqual([
      piece,
      true,
    ])
})
