import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'
import { run } from '../../lab/hub/docker-cli.ts'
import { STACK } from './deploy-stack.ts'
import { SERVICE_IMAGE, type StackWorld } from './stack-world.ts'

const [OURS, HUB, PROXY] = ['swarmspawner', 'hub', 'proxy'].map((name) => `${STACK}_${name}`)

/** What docs/deploy.md says about several managers. It makes the swarm of the stack larger. */
export const managersSuite = (given: () => StackWorld): void => {
  const docker = (...args: string[]) => given().docker(args)
  const others: RealEngine[] = []

  /** Where the tasks of services of the stack run. */
  const nodesOf = async (...services: (string | undefined)[]) => {
    const filters = ['--filter', 'desired-state=running', '--format', '{{.Node}} {{.CurrentState}}']
    const told = await Promise.all(
      services.map((service = '') => docker('service', 'ps', ...filters, service)),
    )
    const tasks = told.join('\n').split('\n')
    return tasks.flatMap((task) => (/ Running /.test(task) ? [task.split(' ')[0]] : [])).sort()
  }

  const addWorkers = async () => {
    const { engine } = given()
    for (const nth of [2, 3]) {
      const place = { hostname: `node-${nth}`, address: `192.0.2.${nth + 9}` }
      const other = await startEngine({ version: engine.version, swarm: false, ...place })
      others.push(other)
      for (const one of [engine, ...others.slice(0, -1)]) await layCable(one, other)
      await joinSwarm(other, engine, 'Worker')
    }
  }

  describe('the stack with several nodes', () => {
    beforeAll(addWorkers, 120_000)
    afterAll(() => Promise.all(others.map((other) => other.stop())), 60_000)

    test('stack.sh keeps servers off the managers as soon as there are workers', async () => {
      const constraint = async () => {
        const format = '{{range .Spec.TaskTemplate.ContainerSpec.Env}}{{println .}}{{end}}'
        const env = await docker('service', 'inspect', '--format', format, HUB ?? '')
        return env.split('\n').filter((line) => line.startsWith('SERVER_CONSTRAINTS='))
      }
      expect(await constraint()).toEqual(['SERVER_CONSTRAINTS='])
      // Swarm keeps a container, with its old ports, if only constraints of its task change.
      await given().redeploy('')
      await given().redeploy('', ['pinned.yml'], { HUB_NODE: 'node-1' })
      expect(await constraint()).toEqual(['SERVER_CONSTRAINTS=node.role==worker'])
    }, 180_000)

    test('the copies of the service spread over the managers, and go on if one is lost', async () => {
      await docker('node', 'promote', 'node-2', 'node-3')
      for (const { dockerHost } of others) {
        const pipe = 'docker save "$0" | DOCKER_HOST="$1" docker load --quiet'
        await run(['sh', '-c', pipe, SERVICE_IMAGE, dockerHost], given().dockerEnv)
      }
      // Only this node has the image of the servers.
      const here = { SERVER_CONSTRAINTS: 'node.hostname==node-1' }
      const env = { HUB_NODE: 'node-1', SERVICE_REPLICAS: '3', ...here }
      await docker('service', 'scale', `${OURS}=1`)
      await given().redeploy('', ['pinned.yml'], env)
      expect(await nodesOf(OURS)).toEqual(['node-1', 'node-2', 'node-3'])
      expect(await nodesOf(HUB, PROXY)).toEqual(['node-1', 'node-1'])
      const startsAndStops = async (user: string) => {
        await given().client.start({ user })
        expect((await given().client.stop({ user })).status).toBeLessThan(300)
        return user
      }
      expect(await startsAndStops('quick-managers')).toBe('quick-managers')
      await others.at(-1)?.stop()
      expect(await startsAndStops('quick-after-loss')).toBe('quick-after-loss')
    }, 300_000)
  })
}
