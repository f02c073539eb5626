import * as v from 'valibot'
import { expect, test } from 'vitest'
import { jsonText } from '../../handlers/every-call/json-text.ts'
import { sizeRefusal } from '../../handlers/every-call/size-refusal.ts'
import { constraintRefusal, readConstraint } from '../../src/docker/constraints.ts'
import { engineWords } from '../../src/docker/engine-words.ts'
import { isImageId, isOnLoopback, parseImage, registryHost } from '../../src/docker/image-name.ts'
import { readContainerIds } from '../../src/docker/own-container.ts'
import { refusal } from '../../src/docker/refusal.ts'
import { finishSpec } from '../../src/spawner/build-spec.ts'
import { NOT_ASKED } from '../../src/spawner/engine/engine-facts.ts'
import { printable, tellIssues } from '../../src/spawner/errors.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { templateRefusal } from '../../src/spawner/policy/engine-templates.ts'
import { matches } from '../../src/spawner/policy/patterns.ts'
import { BUILT_IN_POLICY, completePolicy } from '../../src/spawner/policy/policy.ts'
import { escapedName } from '../../src/spawner/server/escaped-name.ts'
import { passesForServerHost } from '../../src/spawner/server/server-host.ts'
import { serviceName } from '../../src/spawner/server/service-name.ts'
import { bytes } from '../../src/spawner/settings/bytes.ts'
import { nanoseconds } from '../../src/spawner/settings/durations.ts'
import { Profile } from '../../src/spawner/settings/profile.ts'
import { adviceOn } from '../../src/spawner/state/advice.ts'
import { readPullFailure } from '../../src/spawner/state/pull-failure.ts'
import { redact } from '../../src/spawner/state/redact.ts'
import { growth, LINEAR } from '../support/growth.ts'

/** Whoever sends the worst text of some length must not make us work for longer than its length. */

const names = { '{username}': 'a', '{server_name}': 'b', '{raw_username}': 'c', '{hub}': 'd' }
const listed = completePolicy({
  admin: { images: ['quay.io/jupyter/*', '*/*:*'], mounts: { bind: ['/srv/*/data'] } },
  user: {},
  groups: {},
})

/** With no bound on what users ask for, so that all of it is read. */
const wide = completePolicy({
  admin: {},
  user: {
    amounts: { options: 1e9, environment: 1e9, args: 1e9, mounts: 1e9, networks: 1e9, items: 1e9 },
    mounts: { tmpfs: 1e9, tmpfs_total: 1e15 },
  },
  groups: {},
})

const several = completePolicy({ admin: {}, user: {}, groups: {} }, ['main', 'a-a', '-', 'a.b'])

const pluginVolume = (text: string, name = 'p') => ({
  source: 'v',
  target: '/x',
  driver_config: { name, options: { o: text, device: text } },
})

const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {
    // A refusal is what most of these are for.
  }
}

const plan =
  (config: object, policy = BUILT_IN_POLICY, user_options?: object, profile?: Profile) =>
  () => {
    const server = { username: 'mallory', server_name: '' }
    const more = { spawn_id: 's', issued_at: 1, wait_s: 0, env: {}, groups: [] }
    const data = {
      server,
      ...more,
      config: { service_image: 'x', ...config },
      user_options,
      profile,
    }
    attempt(() => finishSpec(planSpec('main', data, policy), NOT_ASKED))
  }

/** A profile, over what the hub has configured. */
const profile = (override: Record<string, unknown>, config: object, choices: object[] = []) => {
  const read = v.parse(Profile, { slug: 'p', override, choices })
  return plan(config, wide, undefined, read)
}

/** A user's options, beside a hub that may have much of everything. */
const ask = (user_options: object, policy = wide, config: object = {}) =>
  plan({ use_user_options: true, ...config }, policy, user_options)

const dict = (count: number, item: (index: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => item(index)))

const logs = (name: string, options: object = {}) => ({ log_driver: { name, options } })

/** What is done with a text of `size` times a piece, each made so that something could go back and forth in it. */
const ON_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  'an image, by the patterns of a policy': (text) => plan({ service_image: `${text}/x` }, listed)(),
  'a bind': (text) => plan({ mounts: [`/srv/${text}:/x`] }, listed)(),
  'an option of a plugin': (text) => plan({ mounts: [pluginVolume(text)] })(),
  'an option of the local driver': (text) => plan({ mounts: [pluginVolume(text, 'local')] })(),
  'the name of a volume, of several hubs': (text) => plan({ mounts: [`${text}:/x`] }, several)(),
  'a prefix, of several hubs': (text) => plan({ service_prefix: text }, several)(),
  'an alias, of several hubs': (text) =>
    plan({ networks: [{ target: 'n', aliases: [text] }] }, several)(),
  'a mount in one text': (text) => plan({ mounts: [text] })(),
  'a mount of the docker CLI': (text) => plan({ mounts: [`type=volume,target=/x,${text}`] })(),
  'a network of the docker CLI': (text) => plan({ networks: [`name=n,${text}`] })(),
  'a secret of the docker CLI': (text) =>
    plan({ container_spec: { secrets: [`source=s,${text}`] } })(),
  'a host': (text) => plan({ container_spec: { hosts: [text, `a:${text}`] } })(),
  'a ulimit': (text) => plan({ container_spec: { ulimits: [text] } })(),
  'a sysctl': (text) => plan({ container_spec: { sysctls: [text] } })(),
  'a generic resource': (text) => plan({ resource_spec: { generic_resources: [text] } })(),
  'a number of CPUs': (text) => plan({ resource_spec: { cpu_limit: text } })(),
  'what the Engine takes of constraints': constraintRefusal,
  'an escaped user name': escapedName,
  'a pattern with an escaped user name': (text) =>
    matches('a-{escaped_username}-*', text, { ...names, '{escaped_username}': 'a' }),
  'a command in one text': (text) => plan({ container_spec: { args: text } })(),
  'a host name': (text) => plan({ container_spec: { hostname: text } })(),
  'an alias': (text) => plan({ networks: [{ target: 'n', aliases: [text] }] })(),
  'a constraint': (text) => plan({ placement: [text] })(),
  'the tag of a log': (text) => plan(logs('json-file', { tag: text }))(),
  'an address of a log driver': (text) => plan(logs('gelf', { 'gelf-address': text }))(),
  'the name of a log driver': (text) => plan(logs(text))(),
  'a label with placeholders': (text) => plan({ labels: { a: text } })(),
  'the name of a label': (text) => plan({ labels: { [text]: 1 } })(),
  'the value of a variable': (text) => plan({ environment: { A: text } })(),
  "a user's option, too large": (text) => ask({ image: text }, BUILT_IN_POLICY)(),
  "a user's variable": (text) => ask({ container_spec: { env: { A: text } } })(),
  "a user's target": (text) => ask({ mounts: [`/${text}`] })(),
  "an image of a user's": (text) => ask({ image: `${text}/x` })(),
  "the name of a user's variable": (text) =>
    ask({ container_spec: { env: { [text]: 'x' } } }, wide, { environment: { [text]: 'y' } })(),
  "a user's mount, and where the hub has one": (text) =>
    ask({ mounts: [{ target: text }] }, wide, { mounts: [{ target: text }] })(),
  'the name of an image': (text) => [
    parseImage(text),
    isImageId(text),
    registryHost(text),
    isOnLoopback(text),
  ],
  'a constraint of Swarm': readConstraint,
  'a template': templateRefusal,
  'a pattern of the policy': (text) => matches('a*{*:*', text, names),
  'a duration': (text) => attempt(() => nanoseconds(text, 'x')),
  'a size': (text) => attempt(() => bytes(text, 'x')),
  "a server's name": (text) => attempt(() => serviceName({ username: 'a', server_name: text })),
  "a hub's prefix": (text) =>
    attempt(() => serviceName({ username: 'a', server_name: '', service_prefix: text })),
  'what could be the host of a server': passesForServerHost,
  'what a process sees of its container': (text) =>
    readContainerIds({ mountinfo: text, cgroup: text, hostname: text }),
  "an Engine's words, and the advice on them": (text) => adviceOn(engineWords(text)),
  "an Engine's refusal": (text) => refusal('GET /x', 500, JSON.stringify({ message: text })),
  'words of a pull': (text) => readPullFailure(engineWords(text)),
  'a line of a log': (text) => redact([text], ['A_KEY=abcd', `B_KEY=${'a'.repeat(80)}`]),
  'a secret': (text) => redact(['abcd'.repeat(100)], [`A_KEY=${text}`]),
  'a text for a log': (text) => printable(text, text.length),
  'a value as JSON': (text) => jsonText({ [text]: text }),
}

const PIECES = [
  ...[
    'a',
    ':',
    '/',
    '{',
    '{{',
    '{{.',
    '"',
    "'",
    ' ',
    '-',
    '_',
    '*',
    '=',
    '!=',
    '==',
    ',',
    '.',
    '\n',
  ],
  ...[
    'a-',
    '1h',
    '1.',
    '1m1s',
    '{username}',
    '{{.Task.Slot}}',
    '/../',
    "a'",
    'a"',
    '@',
    '://',
    'token=',
  ],
  ...['\u001b[2J', '\u202e', '\u{e0041}', '\ud800'],
  ...['starting container failed: ', 'network a', ': dial tcp', 'failed to resolve reference "'],
]

test.each(Object.entries(ON_TEXT))('%s costs no more than its length', (_, work) => {
  for (const piece of PIECES) {
    const grown = growth((size) => () => work(piece.repeat(size)), Math.ceil(6000 / piece.length))
    expect([piece, Math.max(LINEAR, Math.round(grown))]).toEqual([piece, LINEAR])
  }
})

const ON_MANY: Readonly<Record<string, (count: number) => () => unknown>> = {
  'labels of the wrong type': (count) => plan({ labels: dict(count, (i) => [`l${i}`, 1]) }),
  labels: (count) => plan({ labels: dict(count, (i) => [`l${i}`, 'x']) }),
  variables: (count) => plan({ environment: dict(count, (i) => [`A${i}`, 'x']) }),
  'words of the wrong type': (count) => plan({ container_spec: { args: Array(count).fill(1) } }),
  mounts: (count) => plan({ mounts: Array.from({ length: count }, (_, i) => `v${i}:/v${i}`) }),
  binds: (count) => plan({ mounts: Array.from({ length: count }, (_, i) => `/x${i}:/v${i}`) }),
  'options of plugins': (count) =>
    plan({ mounts: Array.from({ length: count }, (_, i) => pluginVolume(`/srv/${i} `.repeat(8))) }),
  'aliases of several hubs': (count) =>
    plan(
      { networks: [{ target: 'n', aliases: Array.from({ length: count }, (_, i) => `b-${i}`) }] },
      several,
    ),
  networks: (count) => plan({ networks: Array.from({ length: count }, (_, i) => `n${i}`) }),
  'networks that are one': (count) => plan({ networks: Array(count).fill('n') }),
  'mounts at one place': (count) => plan({ mounts: Array(count).fill('/x/../y') }),
  'variables of a user': (count) =>
    ask({ container_spec: { env: dict(count, (i) => [`A${i}`, 'x']) } }),
  'tmpfs of a user': (count) =>
    ask({
      mounts: Array.from({ length: count }, (_, i) => ({
        type: 'tmpfs',
        target: `/t${i}`,
        tmpfs_size: 1,
      })),
    }),
  ulimits: (count) =>
    plan({ container_spec: { ulimits: Array(count).fill({ Name: 'nofile', Soft: 1, Hard: 1 }) } }),
  aliases: (count) => plan({ networks: [{ target: 'n', aliases: Array(count).fill('hub') }] }),
  'options of a log driver': (count) =>
    plan(
      logs(
        'gelf',
        dict(count, (i) => [`o${i}`, '//a@b']),
      ),
    ),
  constraints: (count) => plan({ placement: Array(count).fill('node.role==worker') }),
  secrets: (count) => plan({ container_spec: { secrets: Array(count).fill({}) } }),
  'mounts of the hub, beside those of a user': (count) =>
    ask({ mounts: Array.from({ length: 30 }, (_, i) => `v${i}:/u/v${i}`) }, wide, {
      mounts: Array.from({ length: count }, (_, i) => `v${i}:/v${i}`),
    }),
  'variables of hub and user': (count) =>
    ask({ container_spec: { env: dict(count, (i) => [`A${i}`, 'x']) } }, wide, {
      environment: dict(count, (i) => [`A${i}`, 'y']),
    }),
  'variables that hub and user have': (count) =>
    ask({ container_spec: { env: dict(count, (i) => [`A${i}`, 'x']) } }, wide, {
      environment: dict(count, (i) => [`A${i}`, 'x']),
    }),
  'networks of hub and user': (count) =>
    ask({ networks: Array.from({ length: count }, (_, i) => `n${i}`) }, wide, {
      networks: Array.from({ length: count }, (_, i) => `n${i}`),
    }),
  'labels that a profile takes away': (count) =>
    profile(
      { labels: dict(count, (i) => [`l${i}`, null]) },
      {
        labels: dict(count, (i) => [`l${i}`, 'x']),
      },
    ),
  'mounts that a profile takes away': (count) =>
    profile(
      { mounts: dict(count, (i) => [`/v${i}`, null]) },
      {
        mounts: Array.from({ length: count }, (_, i) => `v${i}:/v${i}`),
      },
    ),
  'mounts of a profile and of the hub': (count) =>
    profile(
      { mounts: Array.from({ length: count }, (_, i) => `v${i}:/v${i}`) },
      {
        mounts: Array.from({ length: count }, (_, i) => `v${i}:/x${i}`),
      },
    ),
  'values that are typed': (count) =>
    profile({}, {}, [
      {
        option: 'x',
        value: 'x'.repeat(255),
        override: { env: dict(count, (i) => [`A${i}`, '{value}']) },
      },
    ]),
  values: (count) => () => sizeRefusal(Array(count).fill({})),
  issues: (count) => () => tellIssues(Array(count).fill({ path: 'a', message: 'b' })),
  'secrets in the environment': (count) => () =>
    redact(
      ['x'.repeat(500)],
      Array.from({ length: count }, (_, i) => `KEY_${i}=secret-${i}`),
    ),
}

test.each(Object.entries(ON_MANY))('many %s cost no more than their number', (_, work) => {
  expect(growth(work, 1000)).toBeLessThan(LINEAR)
})
