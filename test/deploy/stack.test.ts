import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readNodePolicy } from '../../handlers/settings/policy.node.ts'
import { heapOfImage } from '../../lab/load/limits-of-image.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { listenOnPort, temporaryDirectory } from '../support/listen.ts'

const Limits = v.object({ memory: v.string(), pids: v.number() })
const Resources = v.object({ limits: Limits })
const Service = v.looseObject({
  networks: v.array(v.string()),
  volumes: v.optional(v.array(v.unknown()), []),
  environment: v.optional(v.record(v.string(), v.string()), {}),
  healthcheck: v.looseObject({ test: v.array(v.string()), timeout: v.string() }),
  deploy: v.looseObject({
    endpoint_mode: v.string(),
    resources: v.optional(Resources),
  }),
})
const Stack = v.object({
  'x-check': v.string(),
  services: v.object({ proxy: Service, hub: Service, swarmspawner: Service }),
  networks: v.record(v.string(), v.looseObject({ driver: v.string() })),
})

const WithSecrets = v.object({
  services: v.object({
    hub: v.object({ secrets: v.array(v.unknown()) }),
    swarmspawner: v.object({
      environment: v.record(v.string(), v.string()),
      secrets: v.array(v.unknown()),
    }),
  }),
  secrets: v.record(v.string(), v.unknown()),
})

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
/** As the stack file takes a variable. */
const inShell = (variable: string): string => ['$', '{', variable, '}'].join('')

const text = read('deploy/stack.yml')
const {
  services,
  networks,
  'x-check': CHECK,
} = v.parse(Stack, parse(text, { version: '1.1', merge: true }))
const { proxy, hub, swarmspawner: service } = services

describe('the service of the stack file', () => {
  test('the service of the stack file holds the socket and nothing else of its node', () => {
    expect(service.volumes).toEqual([expect.stringMatching(/:\/var\/run\/docker\.sock$/)])
    expect(JSON.stringify(hub)).not.toContain('docker.sock')
  })

  test('the service of the stack file is not root: the admin tells which group may open the socket', () => {
    expect(service['user']).toMatch(/^65532:\$\{DOCKER_GID:\?/)
  })

  test('the service of the stack file has no capabilities', () => {
    expect(service['cap_drop']).toEqual(['ALL'])
    expect(service['cap_add']).toBeUndefined()
    expect(service['privileged']).toBeUndefined()
  })

  test('the service of the stack file cannot write to its own root', () => {
    expect(service['read_only']).toBe(true)
    expect(service['tmpfs']).toBeUndefined()
  })

  test('the service of the stack file publishes no port', () => {
    expect(service['ports']).toBeUndefined()
  })

  test('only the service of the stack file may read its secret, and has it nowhere else', () => {
    expect(service['secrets']).toEqual([
      { source: 'swarmspawner-secret', uid: '65532', mode: 0o400 },
    ])
    expect(JSON.stringify(services)).not.toContain('whsec_')
  })

  test.each([
    ['registry-auth', 'SWARMSPAWNER_REGISTRY_AUTH_FILE'],
    ['push-tokens', 'SWARMSPAWNER_PUSH_TOKENS_FILE'],
  ])(
    'without the # before them, the lines about %s give the service one more secret',
    (name, variable) => {
      const lines = text
        .replace(new RegExp(`^( +)# (${variable}: |${name}: )`, 'gm'), '$1$2')
        .replace(new RegExp(`^( +)# (- source: ${name}\\n +)# (.+\\n +)# `, 'm'), '$1$2$3')
      const edited = v.parse(WithSecrets, parse(lines, { version: '1.1', merge: true }))
      const { environment, secrets } = edited.services.swarmspawner
      const at = { uid: '65532', mode: 0o400 }
      expect(secrets).toEqual([
        { source: 'swarmspawner-secret', ...at },
        { source: name, ...at },
      ])
      expect(environment[variable]).toBe(`/run/secrets/${name}`)
      expect(edited.secrets[name]).toEqual({ external: true })
      expect(JSON.stringify(edited.services.hub.secrets)).not.toContain(name)
    },
  )

  test('the service of the stack file shares a network with the hub alone, which leads nowhere else', () => {
    expect(service.networks).toEqual(['control'])
    expect(hub.networks).toEqual(['control', 'servers'])
    expect(networks['control']).toEqual({ driver: 'overlay', internal: true })
  })

  test('the service of the stack file speaks plain HTTP in that network only', () => {
    expect(service.environment['SWARMSPAWNER_PLAIN_HTTP']).toMatch(/_control$/)
  })
})

test('the service of the stack file has limits, and its heap is half of them', () => {
  const { memory, pids } = service.deploy.resources?.limits ?? {}
  expect(memory).toBe(`${2 * heapOfImage()}M`)
  expect(pids).toBeGreaterThanOrEqual(100)
})

describe('the service of the stack file, in several copies', () => {
  test('copies of the service are updated one after the other, and back if the new one is not healthy', () => {
    expect(service.deploy['update_config']).toMatchObject({
      order: 'start-first',
      parallelism: 1,
      failure_action: 'rollback',
    })
    expect(service.deploy['replicas']).toMatch(/^\$\{SERVICE_REPLICAS:-[2-9]\}$/)
  })

  test('copies of the service run on managers, of which one alone can have all copies', () => {
    expect(service.deploy['placement']).toEqual({ constraints: ['node.role == manager'] })
  })
})

describe('the proxy of the stack file', () => {
  test('the proxy of the stack file is a service of its own, the only one that people reach', () => {
    expect(proxy['ports']).toMatchObject([{ target: 8000, mode: 'host' }])
    expect(hub['ports']).toBeUndefined()
  })

  test('the proxy of the stack file is not root, has no capabilities, nothing to write to, and nothing of the service', () => {
    expect(proxy).toMatchObject({ user: '65534:65534', cap_drop: ['ALL'], read_only: true })
    expect(proxy.networks).toEqual(['servers'])
    expect(JSON.stringify(proxy)).not.toContain('swarmspawner')
  })

  test('a machine that is too busy to check the proxy of the stack file does not take it away', () => {
    const { timeout, retries, start_period: startPeriod } = proxy.healthcheck
    expect({ timeout, retries, startPeriod }).toEqual({
      timeout: '60s',
      retries: 5,
      startPeriod: '60s',
    })
  })
})

describe('the hub of the stack file', () => {
  test('the hub of the stack file is not root, has no capabilities, and writes to its volume and /tmp only', () => {
    expect(hub).toMatchObject({ user: '65533:65533', cap_drop: ['ALL'], read_only: true })
    expect(hub.volumes).toEqual(['data:/srv/jupyterhub/data', { type: 'tmpfs', target: '/tmp' }])
    const dockerfile = read('deploy/hub/Dockerfile')
    expect(dockerfile).toContain('chown 65533:65533 /srv/jupyterhub/data')
  })

  test('only the hub of the stack file may read its secrets', () => {
    const { secrets } = v.parse(v.object({ secrets: v.array(v.looseObject({})) }), hub)
    for (const secret of secrets) expect(secret).toMatchObject({ uid: '65533', mode: 0o400 })
  })

  test('the hub of the stack file gives servers limits, and stops them after an idle hour', () => {
    expect(hub.environment).toMatchObject({
      SERVER_MEMORY: inShell('SERVER_MEMORY:-2G'),
      SERVER_CPUS: inShell('SERVER_CPUS:-1'),
      CULL_AFTER: inShell('CULL_AFTER:-3600'),
    })
  })

  test('the hub of the stack file lets nobody in but an admin, until others are named', () => {
    expect(hub.environment).toMatchObject({
      HUB_ADMINS: inShell('HUB_ADMINS:-admin'),
      HUB_USERS: inShell('HUB_USERS:-'),
    })
    expect(read('deploy/hub/jupyterhub_config.py')).not.toMatch(/allow_all|dummy/i)
  })
})

/** The wget of the proxy's image is BusyBox, which does what its name says. */
const pathOf = (program: string): string =>
  execFileSync('sh', ['-c', 'command -v "$0" || command -v busybox', program], {
    encoding: 'utf8',
  }).trim()

describe('the health check of proxy and hub', () => {
  const check = (...programs: readonly string[]) => {
    const directory = temporaryDirectory()
    for (const program of ['rm', 'sleep', ...programs])
      symlinkSync(pathOf(program), join(directory, program))
    const marker = join(directory, 'healthy')
    const script = CHECK.replaceAll('$$', '$').replaceAll('/dev/shm/healthy', marker)
    const ask = async (port: string, path: string) => {
      const words = ['-c', script.replace('sleep 20', ':'), port, path, 'false']
      return new Promise<number>((resolve) => {
        execFile('/bin/sh', words, { env: { PATH: directory } }, (error) =>
          resolve(error ? Number(error.code) : 0),
        )
      })
    }
    return { ask, marker }
  }
  const open = async () => {
    const server = createServer(({ url }, answer) =>
      answer.writeHead(url === '/up' ? 200 : 503).end(),
    )
    const [, port = ''] = (await listenOnPort(server)).split(':')
    return port
  }

  test.each(['bash', 'wget'])(
    'the check asks with %s, and waits after a check that was good',
    async (program) => {
      const port = await open()
      const { ask, marker } = check(program)
      expect(await ask(port, '/up')).toBe(0)
      expect(existsSync(marker)).toBe(true)
      expect(await ask(port, '/down')).not.toBe(0)
      expect(existsSync(marker)).toBe(false)
      expect(await ask('1', '/up')).not.toBe(0)
    },
  )

  test('the check runs the program of its last words if there is neither bash nor wget', async () => {
    const { ask } = check('true')
    expect(await ask('1', '/up')).not.toBe(0)
    const script = CHECK.replaceAll('$$', '$').replace('&& : >/dev/shm/healthy', '')
    const words = ['-c', script, '1', '/up', 'echo', 'asked']
    const { PATH } = { PATH: temporaryDirectory() }
    expect(execFileSync('/bin/sh', words, { env: { PATH }, encoding: 'utf8' })).toBe('asked\n')
  })
})

describe('the commands of docs/deploy.md', () => {
  const [, section = ''] = read('docs/deploy.md').split('## From nothing\n')
  const [, block = ''] = section.split('```')
  const commands = block.split('\n').slice(1, -1)

  test('a stack from nothing to the first notebook takes at most five commands', () => {
    expect(commands).toEqual([
      'docker swarm init',
      'deploy/stack.sh build',
      'deploy/stack.sh deploy',
    ])
    // The first one of all is the clone.
    expect(1 + commands.length).toBeLessThanOrEqual(5)
  })

  test('the commands by hand are those that the top of the stack file has', () => {
    const byHand = text.split('\n').filter((line) => line.startsWith('#   '))
    for (const word of ['docker build', 'secret create', 'DOCKER_GID', 'stack deploy'])
      expect(byHand.filter((line) => line.includes(word))).not.toEqual([])
    const names = [...text.matchAll(/^ {4}name: \$\{\w+:-([\w-]+)\}/gm)].map(([, name]) => name)
    const secrets = names.filter((name) => /secret|token|passwords/.test(name ?? ''))
    expect(secrets).toHaveLength(3)
    for (const name of secrets) expect(byHand.join('\n')).toContain(`secret create ${name} -`)
  })
})

test.each([
  'https.yml',
  'certificate.yml',
  'encrypted.yml',
  'operator.yml',
  'new-secret.yml',
  'pinned.yml',
  'prometheus.yml',
])('%s is of the version that Docker 20.10 can read', (file) => {
  expect(parse(read(`deploy/${file}`))).toMatchObject({ version: '3.9' })
})

test('encrypted.yml has the networks of the stack file, and they are encrypted', () => {
  const encrypted = { driver_opts: { encrypted: '' } }
  const expected = Object.entries(networks).map(([name, network]) => [
    name,
    { ...network, ...encrypted },
  ])
  expect(parse(read('deploy/encrypted.yml'))).toMatchObject({
    networks: Object.fromEntries(expected),
  })
})

test('the policy that operator.yml brings is one that the service takes', async () => {
  const path = join(projectRoot, 'deploy/service/policy.yml')
  await expect(readNodePolicy({ SWARMSPAWNER_POLICY: path })).resolves.toBeDefined()
})

test('each service of the stack file has limits', () => {
  for (const { deploy } of Object.values(services))
    expect(deploy.resources?.limits).toEqual({
      memory: expect.any(String),
      pids: expect.any(Number),
    })
})

test('no health check of the stack file starts a program in the usual case, except in the image without a shell', () => {
  for (const { healthcheck } of [proxy, hub])
    expect(healthcheck.test.slice(0, 4)).toEqual(['CMD', 'sh', '-c', CHECK])
  for (const { healthcheck } of Object.values(services)) expect(healthcheck.timeout).toBe('60s')
})

test('each service of the stack file says how it is, and keeps one address unless it need not', () => {
  for (const { healthcheck, deploy } of Object.values(services)) {
    expect(healthcheck.test[0]).toBe('CMD')
    expect(deploy.endpoint_mode).toBe(['$', '{ENDPOINT_MODE:-vip}'].join(''))
  }
  expect(service.healthcheck.test).toEqual([
    'CMD',
    '/usr/local/bin/node',
    '/app/dist/cli.js',
    'health',
  ])
})

test('the Dockerfile of the service does not make it root either', () => {
  const dockerfile = readFileSync(join(projectRoot, 'deploy/service/Dockerfile'), 'utf8')
  expect(dockerfile.match(/^USER .*$/gm)).toEqual(['USER 65532:65532'])
  expect(dockerfile).toMatch(/^FROM gcr\.io\/distroless\/cc-debian12:nonroot AS app$/m)
})

test('the image of the service is labelled with the version of the package', () => {
  const dockerfile = readFileSync(join(projectRoot, 'deploy/service/Dockerfile'), 'utf8')
  const manifest = readFileSync(join(projectRoot, 'package.json'), 'utf8')
  const [, version] = /image\.version="(.*)"/.exec(dockerfile) ?? []
  expect(JSON.parse(manifest)).toMatchObject({ version })
})
