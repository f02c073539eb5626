import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { importPrometheus } from '../../lab/engine/import-prometheus.ts'
import { run } from '../../lab/hub/docker-cli.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { httpVisitor } from '../hub/http-visitor.ts'
import { STACK } from './deploy-stack.ts'
import { keepBusy, loadOfMachine } from './keep-busy.ts'
import type { StackWorld } from './stack-world.ts'

const [OURS, HUB, PROXY] = ['swarmspawner', 'hub', 'proxy'].map((name) => `${STACK}_${name}`)
const ALICE = { user: 'alice' }
const WATCHED = { user: 'quick-watched' }

const codeOf = ({ ExitCode }: { ExitCode: number }): number => ExitCode

const Checks = v.array(v.object({ Start: v.string(), ExitCode: v.number() }))

/** What docs/deploy.md says about a stack that people use. It expects that alice's server runs. */
export const operateSuite = (given: () => StackWorld): void => {
  const docker = (...args: string[]) => given().docker(args)
  const containers = async (...services: (string | undefined)[]) =>
    (
      await Promise.all(services.map((service = '') => containersOf(given().docker, service)))
    ).flat()
  const api = async (path: string) => (await given().client.api('GET', path)).json

  /**
   * Asks a user's server again and again until `work` has ended. Returns what answered. The server asks the hub
   * nothing, so the answers say only whether its users reach it.
   */
  const answersDuring = async (work: () => Promise<unknown>): Promise<string[]> => {
    if (
      !(await given()
        .client.isReady(WATCHED)
        .catch(() => false))
    )
      await given().client.start(WATCHED)
    const answers = new Set<string>()
    let isDone = false
    const ask = async () => {
      while (!isDone) {
        const { status, headers } = await given().client.ask(WATCHED, '')
        answers.add(headers.get('server')?.split('/')[0] ?? String(status))
        await sleep(200)
      }
    }
    const asking = ask()
    asking.catch(() => {})
    await work().finally(() => {
      isDone = true
    })
    await asking
    return [...answers]
  }
  const ITSELF = ['SimpleHTTP']

  describe('the stack on a busy machine', () => {
    test('the stack keeps its containers at a load of 14 and more, and their checks pass', async () => {
      const before = await containers(PROXY, HUB, OURS)
      const checksOf = async (container: string) => {
        const told = await docker('inspect', '--format', '{{json .State.Health.Log}}', container)
        return v.parse(Checks, JSON.parse(told))
      }
      const rest = keepBusy(40)
      try {
        await expect.poll(loadOfMachine, { timeout: 180_000, interval: 1000 }).toBeGreaterThan(14)
        const since = Date.now()
        for (const container of before)
          await expect
            .poll(
              async () => {
                const checks = await checksOf(container)
                return checks.filter(({ Start }) => Date.parse(Start) > since).map(codeOf)
              },
              { timeout: 240_000, interval: 2000 },
            )
            .toContain(0)
        expect(loadOfMachine()).toBeGreaterThan(14)
      } finally {
        await rest()
      }
      expect(await containers(PROXY, HUB, OURS)).toEqual(before)
    }, 600_000)
  })

  describe('who may log in to the stack', () => {
    test('the stack has a password for its admin and another one for those who are named', async () => {
      const { url, password, adminPassword, directory } = given()
      writeFileSync(join(directory, `${STACK}.env`), "HUB_USERS='alice bob'\n")
      await given().redeploy('c.Authenticator.allow_all = False')
      const logIn = async (user: string, word: string) => {
        const page = await httpVisitor(url).logIn(user, word)
        return page.url.includes('/login') ? 'refused' : 'in'
      }
      expect(await logIn('bob', password)).toBe('in')
      expect(await logIn('admin', adminPassword)).toBe('in')
      expect(await logIn('admin', password)).toBe('refused')
      expect(await logIn('bob', adminPassword)).toBe('refused')
      expect(await logIn('mallory', password)).toBe('refused')
    }, 120_000)
  })

  describe('a new secret', () => {
    const secrets = async () => {
      const names = await docker('secret', 'ls', '--format', '{{.Name}}')
      return names.split('\n').filter((name) => name.startsWith('swarmspawner-secret'))
    }

    test('stack.sh gives hub and service a new secret, and no user notices', async () => {
      const before = await secrets()
      const proxy = await containers(PROXY)
      expect(before).toEqual(['swarmspawner-secret'])
      await given().client.start({ user: 'quick-rotate' })
      const answers = await answersDuring(() => given().stackCommand('rotate'))
      expect(answers).toEqual(ITSELF)
      const [after = '', ...others] = await secrets()
      expect(others).toEqual([])
      expect(after).toMatch(/^swarmspawner-secret-\d{14}$/)
      expect(await containers(PROXY)).toEqual(proxy)
      expect((await given().client.stop({ user: 'quick-rotate' })).status).toBeLessThan(300)
      await given().client.start({ user: 'quick-rotated' })
      expect((await given().client.stop({ user: 'quick-rotated' })).status).toBeLessThan(300)
    }, 240_000)

    test('stack.sh deploy keeps the new secret', async () => {
      const before = await secrets()
      const containersBefore = await containers(HUB, OURS, PROXY)
      await given().stackCommand('deploy')
      expect(await secrets()).toEqual(before)
      expect((await containers(HUB, OURS, PROXY)).sort()).toEqual(containersBefore.sort())
    }, 120_000)
  })

  describe('backup and restore', () => {
    test('stack.sh puts back the database of a backup, and servers and logins go on', async () => {
      const { directory, dockerEnv, url, password } = given()
      const alice = httpVisitor(url)
      await alice.logIn('alice', password)
      await answersDuring(async () => {})
      const file = join(directory, 'backup.tar')
      const script = join(directory, 'stack.sh')
      await run(['sh', '-c', '"$0" backup >"$1"', script, file], dockerEnv)
      await given().client.api('POST', '/users/later')
      const userNames = async () =>
        v.parse(v.array(v.object({ name: v.string() })), await api('/users')).map((u) => u.name)
      expect(await userNames()).toContain('later')
      const answers = await answersDuring(async () => {
        await run(['sh', '-c', '"$0" restore <"$1"', script, file], dockerEnv)
        await expect
          .poll(() => api('/').catch(() => 'away'), { timeout: 60_000 })
          .toHaveProperty('version')
      })
      expect(answers).toEqual(ITSELF)
      expect(await userNames()).toContain('alice')
      expect(await userNames()).not.toContain('later')
      expect(await given().client.isReady(ALICE)).toBe(true)
      expect((await alice.visit('/hub/home')).url).toMatch(/\/hub\/home$/)
      expect(readFileSync(file).length).toBeGreaterThan(1000)
      writeFileSync(file, 'not a backup')
      const broken = run(['sh', '-c', '"$0" restore <"$1"', script, file], dockerEnv)
      await expect(broken).rejects.toThrow('cannot be unpacked')
      await expect.poll(() => userNames().catch(() => []), { timeout: 60_000 }).toContain('alice')
    }, 240_000)
  })

  describe('a second stack in the swarm', () => {
    const Spec = v.object({
      ContainerSpec: v.object({
        Mounts: v.optional(v.array(v.object({ Source: v.optional(v.string()) })), []),
        Secrets: v.optional(v.array(v.object({ SecretName: v.string() })), []),
      }),
      Networks: v.array(v.object({ Target: v.string() })),
    })
    /** Volumes, secrets and networks of a stack's services. */
    const holdingsOf = async (stack: string): Promise<string[]> => {
      const names = (await docker('stack', 'services', '--format', '{{.Name}}', stack)).split('\n')
      const format = '{{json .Spec.TaskTemplate}}'
      const told = await docker('service', 'inspect', '--format', format, ...names)
      return told.split('\n').flatMap((line) => {
        const { ContainerSpec, Networks } = v.parse(Spec, JSON.parse(line))
        return [
          ...ContainerSpec.Mounts.map(({ Source }) => Source ?? '/tmp').filter(isVolume),
          ...ContainerSpec.Secrets.map(({ SecretName }) => SecretName),
          ...Networks.map(({ Target }) => Target),
        ]
      })
    }
    const isVolume = (source: string) => !source.startsWith('/')

    test('stack.sh gives a second stack names of its own, and encrypted.yml encrypts its networks', async () => {
      const files = { STACK_FILES: 'more.json encrypted.yml' }
      await expect(given().stackCommand('deploy', files, 'physics')).rejects.toThrow('physics.env')
      const free = { HUB_PORT: '18001', SERVER_SUBNET: '10.213.16.0/20', SERVICE_REPLICAS: '1' }
      await given().stackCommand('deploy', { ...files, ...free }, 'physics')
      const [one, other] = await Promise.all([STACK, 'physics'].map(holdingsOf))
      expect(one).toContain(`${STACK}_data`)
      expect(other).toContain('physics_data')
      expect(one?.filter((name) => other?.includes(name))).toEqual([])
      const networks = ['physics', 'physics_control']
      const options = await docker('network', 'inspect', '--format', '{{.Options}}', ...networks)
      expect(options.match(/encrypted:/g)).toHaveLength(2)
      await docker('stack', 'rm', 'physics')
    }, 240_000)
  })

  describe('idle servers and what the hub has forgotten', () => {
    test('the stack stops a server that did nothing for as long as CULL_AFTER says', async () => {
      await given().redeploy('', ['operator.yml'], { CULL_AFTER: '6' })
      await given().client.start({ user: 'quick-idle' })
      await expect
        .poll(() => given().client.isReady({ user: 'quick-idle' }), {
          timeout: 90_000,
          interval: 1000,
        })
        .toBe(false)
      const PROMETHEUS_IMAGE = await importPrometheus(given().dockerEnv)
      await given().redeploy('', ['operator.yml', 'prometheus.yml'], { PROMETHEUS_IMAGE })
      expect(await api('/services')).toMatchObject({ 'idle-culler': { name: 'idle-culler' } })
    }, 240_000)

    test('operator.yml gives the service a policy, an admin token and the hub to ask for leftovers', async () => {
      const [copy = ''] = await containers(OURS)
      const ask = async (command: string): Promise<unknown> => {
        const program = ['/usr/local/bin/node', '/app/dist/cli.js', command, '--json']
        return JSON.parse(await docker('exec', copy, ...program))
      }
      expect(await ask('gc')).toMatchObject({ compared_with_hub: true, doubt: null, leftovers: [] })
      expect(await ask('doctor')).toEqual(
        expect.arrayContaining([
          { name: 'admin token', level: 'ok', message: 'set' },
          { name: 'policy', level: 'ok', message: 'set' },
        ]),
      )
    }, 60_000)
  })
}
