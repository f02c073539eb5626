import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../lab/hub/docker-cli.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { httpVisitor } from '../hub/http-visitor.ts'
import { swarmView } from '../hub/swarm-view.ts'
import { PROXY_TOKEN } from '../security/stolen/proxy-token.ts'
import { rowSuite } from '../security/stolen/suite.ts'
import { STACK } from './deploy-stack.ts'
import { httpsSuite } from './https-suite.ts'
import { managersSuite } from './managers-suite.ts'
import { operateSuite } from './operate-suite.ts'
import { reachSuite } from './reach-suite.ts'
import { openStackWorld, SERVICE_IMAGE, type StackWorld } from './stack-world.ts'
import { upgradeSuite } from './upgrade-suite.ts'

const MEGABYTE = 1e6
const OURS = `${STACK}_swarmspawner`
const HUB = `${STACK}_hub`
const PROXY = `${STACK}_proxy`

let world: StackWorld
beforeAll(async () => {
  world = await openStackWorld()
}, 300_000)
afterAll(() => world?.stop(), 60_000)

const docker = (...args: string[]) => world.docker(args)
const lines = (text: string) => text.split('\n').filter(Boolean)
const serviceOf = (user: string) => `jupyter-${createHash('md5').update(user).digest('hex')}-1`
const shell = (command: string, ...args: string[]) =>
  run(['sh', '-c', command, ...args], world.dockerEnv)

/** Sends a request with the proxy's token, and prints the status. */
const ASK = `
import sys, urllib.error, urllib.request
token, method, url, body = sys.argv[1:]
headers = {'Authorization': f'token {token}'}
asked = urllib.request.Request(url, None if body == 'null' else body.encode(), headers, method=method)
try:
    print(urllib.request.urlopen(asked, timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError:
    print(0)
`

/** Answers with the headers that it gets. */
const LISTEN = `
from http.server import BaseHTTPRequestHandler, HTTPServer
class Thief(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.headers).encode())
HTTPServer(('', 9999), Thief).serve_forever()
`

/** The tasks that are meant to run, and do: Swarm says so of those with a health check when that passes. */
const runningTasks = async () => {
  const format = '{{.Name}} {{.CurrentState}}'
  const tasks = await docker(
    'stack',
    'ps',
    '-f',
    'desired-state=running',
    '--format',
    format,
    STACK,
  )
  const running = lines(tasks).filter((line) => / Running /.test(line))
  return running.map((line) => line.split('.')[0]).sort()
}
const ALL = [HUB, PROXY, OURS, OURS]

const logsOf = (container: string) => shell('docker logs "$0" 2>&1', container)

describe('the image of the service, as its Dockerfile builds it', () => {
  test('the image of the service is under 200 MB', async () => {
    const bytes = Number(await docker('image', 'inspect', '--format', '{{.Size}}', SERVICE_IMAGE))
    console.log(`${Math.round(bytes / MEGABYTE)} MB, built in ${Math.round(world.buildSeconds)} s`)
    expect(bytes).toBeLessThan(200 * MEGABYTE)
  })

  test('the image of the service has Node.js and the program, no shell, no npm and no packages', async () => {
    const container = await docker('create', SERVICE_IMAGE)
    const files = lines(await shell('docker export "$0" | tar -t', container))
    await docker('rm', container)
    expect(files).toEqual(
      expect.arrayContaining([
        'usr/local/bin/node',
        'app/dist/cli.js',
        'app/docs/api/openapi.json',
        'app/dist/third-party-licenses.txt',
        'app/LICENSE',
      ]),
    )
    const others = /(^|\/)(sh|bash|dash|busybox|npm|npx|apt|node_modules)\/?$|^app\/(src|test)\//
    expect(files.filter((file) => others.test(file))).toEqual([])
  })

  test('the image of the service is not root, and checks its own health', async () => {
    const format = '{{.Config.User}} {{.Config.Healthcheck.Test}}'
    expect(await docker('image', 'inspect', '--format', format, SERVICE_IMAGE)).toBe(
      '65532:65532 [CMD /usr/local/bin/node /app/dist/cli.js health]',
    )
  })

  test.each(['serve', 'health', 'demo --json'])(
    'the image of the service has the program compiled, for a user of `%s` who can write nothing',
    async (words) => {
      const told = await shell(
        'docker run --rm --network none --read-only --cap-drop ALL --user 65532:0 -e NODE_DEBUG_NATIVE=COMPILE_CACHE "$@" 2>&1 || true',
        ...['sh', SERVICE_IMAGE, ...words.split(' ')],
      )
      const compiled = lines(told).filter((line) => line.includes('V8 code cache for '))
      expect(compiled.length).toBeGreaterThan(3)
      expect(compiled.filter((line) => !line.includes('was accepted'))).toEqual([])
    },
  )
})

describe('the stack', () => {
  test('the stack becomes healthy, with two copies of the service', async () => {
    await expect.poll(runningTasks, { timeout: 90_000, interval: 500 }).toEqual(ALL)
  }, 100_000)

  test('the stack lets users log in, and starts their servers', async () => {
    const alice = httpVisitor(world.url)
    await alice.logIn('alice', world.password)
    await alice.visit('/hub/spawn')
    await expect
      .poll(() => alice.visit('/user/alice/'), { timeout: 45_000, interval: 500 })
      .toMatchObject({ text: expect.stringContaining('<title>JupyterLab</title>') })
  })

  upgradeSuite(() => world)

  rowSuite(PROXY_TOKEN, async (given) => {
    const [proxy = ''] = await containersOf(world.docker, PROXY)
    const [server = ''] = await containersOf(world.docker, serviceOf('alice'))
    const token = await docker('exec', proxy, 'cat', '/run/secrets/jupyterhub-proxy-token')
    await docker('exec', '--detach', server, 'python3', '-c', LISTEN)
    const alice = httpVisitor(world.url)
    await alice.logIn('alice', world.password)
    const ask = (...words: string[]) =>
      docker('exec', server, 'python3', '-c', ASK, token, ...words)
    return {
      expect: given,
      ask: async (method, url, body) =>
        Number(await ask(method, url, JSON.stringify(body ?? null))),
      listener: `http://${serviceOf('alice')}:9999`,
      visit: alice.visit,
      services: () => swarmView(world.docker).names(''),
    }
  })

  test('the stack loses no start while the service is updated, and both copies answer', async () => {
    const users = Array.from({ length: 24 }, (_, n) => `quick-${n}`)
    const before = await containersOf(world.docker, OURS)
    const started = users.map(async (user, n) => {
      await sleep(n * 750)
      await world.client.start({ user })
      return user
    })
    const updated = sleep(2000).then(() => docker('service', 'update', '--force', '--quiet', OURS))
    expect(await Promise.all(started)).toEqual(users)
    await updated
    await expect.poll(runningTasks, { timeout: 30_000 }).toEqual(ALL)
    const now = await containersOf(world.docker, OURS)
    expect(now.filter((container) => before.includes(container))).toEqual([])
    // One service for each user, and none besides.
    const services = await swarmView(world.docker).names('jupyter-')
    expect(services).toEqual([...users, 'alice'].map(serviceOf).sort())
    for (const user of users) expect(await world.client.isReady({ user })).toBe(true)
    for (const container of before) expect(await logsOf(container)).toContain('POST /start')
    const stopped = users.map((user) => world.client.stop({ user }))
    expect((await Promise.all(stopped)).every(({ status }) => status < 300)).toBe(true)
    for (const container of now)
      await expect.poll(() => logsOf(container)).toMatch(/POST \/(start|stop)/)
  }, 120_000)

  test('the stack goes back to the old image if the new one is not healthy, and serves meanwhile', async () => {
    const broken = '--env-add=PORT=none'
    const update = docker('service', 'update', '--quiet', broken, OURS).catch(String)
    await world.client.start({ user: 'quick-rollback' })
    await update
    const format = '{{.UpdateStatus.State}}'
    const state = () => docker('service', 'inspect', '--format', format, OURS)
    await expect.poll(state, { timeout: 60_000 }).toBe('rollback_completed')
    expect(await runningTasks()).toEqual(ALL)
    expect((await world.client.stop({ user: 'quick-rollback' })).status).toBeLessThan(300)
  }, 100_000)

  test('the stack keeps a server reachable while another hub replaces the hub', async () => {
    const alice = { user: 'alice' }
    // It knows the token from then on, for five minutes.
    expect((await world.client.ask(alice, 'api/status')).status).toBe(200)
    const containers = (...services: string[]) =>
      Promise.all(services.map((service) => containersOf(world.docker, service)))
    const [before, others] = await Promise.all([containers(HUB), containers(OURS, PROXY)])
    const statuses = new Set<number>()
    let isReplaced = false
    const ask = async () => {
      while (!isReplaced) {
        statuses.add((await world.client.ask(alice, 'api/status')).status)
        await sleep(100)
      }
    }
    const asking = ask()
    asking.catch(() => {})
    await world.redeploy('c.JupyterHub.template_vars = {"announcement": "configured otherwise"}')
    const page = () => httpVisitor(world.url).visit('/hub/login')
    await expect
      .poll(page, { timeout: 60_000, interval: 500 })
      .toMatchObject({ text: expect.stringContaining('configured otherwise') })
    await expect.poll(() => world.client.isReady(alice), { timeout: 30_000 }).toBe(true)
    isReplaced = true
    await asking
    expect([...statuses]).toEqual([200])
    expect(await containers(HUB)).not.toEqual(before)
    expect(await containers(OURS, PROXY)).toEqual(others)
  }, 100_000)
})

operateSuite(() => world)
reachSuite(() => world)
httpsSuite(() => world)
managersSuite(() => world)
