import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { finishSpec } from '../../../src/spawner/build-spec.ts'
import { NOT_ASKED } from '../../../src/spawner/engine/engine-facts.ts'
import { planSpec } from '../../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../../src/spawner/policy/rules.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'

type Asked = {
  config?: { container_spec?: object; [setting: string]: unknown }
  user_options?: unknown
  groups?: string[]
  env?: object
  cmd?: string[]
  args?: string[]
}

const plan = (policy: object, { config, ...more }: Asked) => {
  const { container_spec, ...settings } = { container_spec: {}, ...config }
  const request = v.parse(StartRequest, {
    server: { username: 'alice' },
    spawn_id: 'spawn-1',
    issued_at: 1,
    config: {
      networks: ['jupyterhub'],
      use_user_options: true,
      container_spec: { image: 'quay.io/jupyter/base-notebook:1', ...container_spec },
      ...settings,
    },
    ...more,
  })
  return planSpec('main', request, completePolicy(v.parse(PolicyFile, policy)))
}

const refused = (policy: object, asked: Asked): string[] =>
  plan(policy, asked)
    .verdicts.filter(({ verdict }) => verdict === 'refused')
    .map(({ from }) => from)

const template = (policy: object, asked: Asked) => plan(policy, asked).spec.TaskTemplate
const own = (field: object) => ({ container_spec: field })

describe('a variable that the hub sets', () => {
  const key = 'user_options.container_spec.env.GRANT_SUDO'
  const yes = { user_options: own({ env: { GRANT_SUDO: 'yes' } }) }
  const ways: [string, Asked][] = [
    ['in container_spec', { config: own({ env: { GRANT_SUDO: 'no' } }) }],
    ['in container_spec, as a list', { config: own({ Env: ['GRANT_SUDO=no'] }) }],
    ['in environment', { config: { environment: { GRANT_SUDO: 'no' } } }],
    ['as JupyterHub makes it', { env: { GRANT_SUDO: 'no' } }],
  ]

  test.each(ways)(
    'a variable that the hub sets %s stays as it is unless a policy names it',
    (_, hub) => {
      const asked = { ...hub, ...yes }
      expect(refused({}, asked)).toEqual([key])
      expect(refused({ user: { environment: ['*'] } }, asked)).toEqual([key])
      expect(refused({ user: { environment: ['**', 'NB_*'] } }, asked)).toEqual([key])
      for (const environment of [['GRANT_SUDO'], ['*', 'GRANT_*']]) {
        const named = { user: { environment } }
        expect(refused(named, asked)).toEqual([])
        expect(template(named, asked).ContainerSpec.Env).toEqual(['GRANT_SUDO=yes'])
      }
    },
  )

  test.each(ways)('a variable that the hub sets %s may be named for a group', (_, hub) => {
    const policy = { groups: { admins: { environment: ['GRANT_SUDO'] } } }
    expect(refused(policy, { ...hub, ...yes })).toEqual([key])
    expect(refused(policy, { ...hub, ...yes, groups: ['admins'] })).toEqual([])
  })

  test.each(ways)(
    'a variable that the hub sets %s may be said again, also if no variable is allowed',
    (_, hub) => {
      const asked = { ...hub, user_options: own({ env: { GRANT_SUDO: 'no' } }) }
      expect(refused({ user: { environment: [] } }, asked)).toEqual([])
      const { spec, sources } = finishSpec(plan({}, asked), NOT_ASKED)
      expect(spec.TaskTemplate.ContainerSpec.Env).toEqual(['GRANT_SUDO=no'])
      expect(Object.keys(sources)).toContain('TaskTemplate.ContainerSpec.Env.GRANT_SUDO')
    },
  )

  test('a variable with null is a variable that the hub does not set', () => {
    expect(refused({}, { ...yes, config: own({ env: { GRANT_SUDO: null } }) })).toEqual([])
  })

  test('a variable that the hub sets is refused with the line that would allow it', () => {
    const config = own({ env: { GRANT_SUDO: 'no' } })
    const [verdict] = plan({}, { ...yes, config }).verdicts.filter(({ from }) => from === key)
    expect(verdict?.rule).toContain(
      "list its name in user.environment, such as ['*', 'GRANT_SUDO']",
    )
  })

  test("no policy gives away a variable that JupyterHub's servers are told by", () => {
    const asked = {
      env: { JUPYTERHUB_API_TOKEN: 'secret', 'odd name': '1' },
      user_options: own({ env: { JUPYTERHUB_API_TOKEN: 'mine', 'odd name': '2' } }),
    }
    const policy = { user: { environment: ['*', 'JUPYTERHUB_*', 'odd name'] } }
    expect(refused(policy, asked)).toEqual([
      'user_options.container_spec.env.JUPYTERHUB_API_TOKEN',
      'user_options.container_spec.env.odd name',
    ])
  })
})

test('a host name that the hub sets stays as it is unless a policy lists the field and the name', () => {
  const asked = {
    config: own({ hostname: 'a' }),
    user_options: own({ hostname: 'b' }),
  }
  const key = 'user_options.container_spec.hostname'
  const admin = { aliases: ['a'] }
  expect(refused({ admin, user: { aliases: ['b'] } }, asked)).toEqual([key])
  expect(refused({ admin, user: { fields: ['*'], aliases: ['b'] } }, asked)).toEqual([key])
  expect(refused({ admin, user: { fields: ['hostname'] } }, asked)).toEqual([key])
  expect(refused({ admin, user: { fields: ['hostname'], aliases: ['b'] } }, asked)).toEqual([])
})

describe('a field that the hub sets', () => {
  type Row = [name: string, hub: Asked, user: Record<string, unknown>]
  const rows: Row[] = [
    ['user', { config: own({ user: '1000' }) }, { user: '0' }],
    ['groups', { config: own({ groups: ['100'] }) }, { groups: ['0'] }],
    ['read_only', { config: own({ read_only: true }) }, { read_only: false }],
    ['tty', { config: own({ tty: false }) }, { tty: true }],
    ['init', { config: { init: true } }, { init: false }],
    ['healthcheck', { config: { healthcheck: { test: 'true' } } }, { healthcheck: { test: 'x' } }],
    ['stop_grace_period', { config: { stop_grace_period: '5s' } }, { stop_grace_period: '9s' }],
    ['hosts', { config: own({ hosts: { a: '10.0.0.1' } }) }, { hosts: { a: '10.0.0.2' } }],
    [
      'dns_config',
      { config: own({ dns_config: { search: ['a'] } }) },
      { dns_config: { search: ['b'] } },
    ],
    ['oom_score_adj', { config: own({ oom_score_adj: 500 }) }, { oom_score_adj: 0 }],
  ]

  test.each(rows)(
    'the field %s: %j that the hub sets stays as it is unless a policy names it',
    (field, hub, user) => {
      const asked = { ...hub, user_options: own(user) }
      const key = `user_options.container_spec.${field}`
      expect(refused({}, asked)).toEqual([key])
      expect(refused({ user: { fields: ['*'] } }, asked)).toEqual([key])
      expect(refused({ user: { fields: ['*', field] } }, asked)).toEqual([])
    },
  )

  test('a field that the hub sets may be said again', () => {
    const same = { args: ['start', '--x'], workdir: '/a', healthcheck: { test: 'x', retries: 1 } }
    const again = { Args: 'start --x', dir: '/a', HealthCheck: { Retries: 1, Test: 'x' } }
    expect(refused({}, { config: own(same), user_options: own(again) })).toEqual([])
  })

  test('a field that the hub sets is replaced if every user may have it, as user_options always could', () => {
    const hub = own({ args: ['start'], command: ['entry'], workdir: '/home' })
    const user_options = own({ args: ['lab'], command: ['tini', '--'], workdir: '/work' })
    expect(refused({}, { config: hub, cmd: ['start'], user_options })).toEqual([])
    expect(
      template({}, { config: hub, user_options, args: ['--debug'] }).ContainerSpec,
    ).toMatchObject({ Args: ['lab', '--debug'], Command: ['tini', '--'], Dir: '/work' })
  })
})

describe('what the hub has in a list', () => {
  const user = { capabilities: ['*'] }

  test('of the capabilities that the hub drops, a user gets those that a policy names', () => {
    const asked = (cap_drop: string[]) => ({
      config: own({ cap_drop }),
      user_options: own({ cap_add: ['chown'] }),
    })
    const key = 'user_options.container_spec.cap_add.0'
    for (const drop of ['ALL', 'CAP_CHOWN', 'chown'])
      expect(refused({ user }, asked([drop]))).toEqual([key])
    expect(refused({ user }, asked(['KILL']))).toEqual([])
    expect(refused({ user: { capabilities: ['CAP_CHOWN'] } }, asked(['ALL']))).toEqual([])
  })

  test('of the labels of the hub, a user changes those that a policy names', () => {
    const asked = {
      config: own({ labels: { team: 'a' } }),
      user_options: own({ labels: { team: 'b', mine: 'c' } }),
    }
    expect(refused({ user: { labels: ['*'] } }, asked)).toEqual([
      'user_options.container_spec.labels.team',
    ])
    expect(refused({ user: { labels: ['*', 'team'] } }, asked)).toEqual([])
  })
})

describe('a mount of the hub', () => {
  test('a mount of the hub may be said again if a user may have none like it', () => {
    const same = { type: 'bind', source: '/srv/set', target: '/set', read_only: true }
    const again = { ReadOnly: true, src: '/srv/set', dst: '/set', Type: 'bind' }
    const binds = { config: { mounts: [same] }, user_options: { mounts: [again, '/scratch'] } }
    expect(refused({}, binds)).toEqual([])
    expect(template({}, binds).ContainerSpec.Mounts).toHaveLength(2)
    const spelt = {
      config: { mounts: ['a:/a'] },
      user_options: { mounts: [{ source: 'a', target: '/a' }] },
    }
    expect(refused({}, spelt)).toEqual([])
    const writable = { ...again, ReadOnly: false }
    expect(refused({}, { ...binds, user_options: { mounts: [writable] } })).toHaveLength(1)
  })
})
