import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { run } from '../../lab/hub/docker-cli.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { pastedBlocks } from '../support/pasted-blocks.ts'
import { STACK } from './deploy-stack.ts'
import type { StackWorld } from './stack-world.ts'

const PAGE = 'docs/operate.md'
const RECIPES = 'docs/recipes.md'
const SEEN = { user: 'quick-seen' }
const IN_THE_STACK = [PAGE, 'In the stack', 'sh'] as const

/** How an admin reaches the service: the lines of docs/operate.md, in a stack with operator.yml and prometheus.yml. */
export const reachSuite = (given: () => StackWorld): void => {
  /** Pastes lines into one shell, with paths that this machine and the Engine's host both have. */
  const paste = (...lines: string[]): Promise<string> => {
    const { directory, dockerEnv } = given()
    const script = lines.join('\n').replaceAll('/run/swarmspawner', join(directory, 'door'))
    return run(['sh', '-ec', script], dockerEnv)
  }

  describe('how an admin reaches the service of the stack', () => {
    // The suites that follow have other nodes, which do not have the image of Prometheus.
    afterAll(() => paste(`docker service rm ${STACK}_prometheus`))

    test('the lines of the page reach the service of the stack, and show its servers, metrics and status page', async () => {
      const { engine, directory, client } = given()
      await client.start(SEEN)
      await importBusybox(engine, 'busybox:latest')
      const [ask = '', elsewhere = '', door = ''] = pastedBlocks(...IN_THE_STACK)
      const told = await paste(ask, elsewhere, door)
      expect(told).toContain(`"service_name":"jupyter-${ownerHash(SEEN.user)}-1"`)
      expect(told).toContain('\n# TYPE swarmspawner_engine_up gauge\n')
      expect(told).toMatch(/^NODE .*\n/m)
      expect(told).toMatch(/^[0-9a-f]{64}$/m)
      expect(told).toContain('{"status":"ok"}')
      const throughDoor = async () => {
        const asked = get({ socketPath: join(directory, 'door/door'), path: '/' })
        const [{ statusCode }] = await once(asked, 'response')
        return statusCode
      }
      await expect.poll(() => throughDoor().catch(String)).toBe(200)
      await paste('docker stop -t 1 swarmspawner-door')
    }, 60_000)

    test('the lines of the recipes run in the stack: who owns a volume, what to watch, when it breaks', async () => {
      const [copy = ''] = pastedBlocks(RECIPES, 'Recipes', 'sh')
      const of = (recipe: string) => pastedBlocks(RECIPES, recipe, 'sh')
      expect((await paste(...of('Who owns this volume'))).split('\n')).toEqual(['alice'])
      const [watch = ''] = of('What to watch')
      expect(await paste(copy, watch.replace(/-it (.*)/, '$1 --once'))).toMatch(/^NODE /m)
      const [look = ''] = of('When it breaks')
      // Docker does not end that command if a task's node no longer has its log.
      const told = await paste(copy, look.replace(/^docker service logs .*$/m, ''))
      for (const words of [`${STACK}_hub.1`, 'admin token', ownerHash(SEEN.user)])
        expect(told).toContain(words)
      await given().client.stop(SEEN)
    }, 60_000)

    test('no other container joins the network of the service', async () => {
      const join = 'docker run --rm --network jupyterhub_control busybox true'
      await expect(paste(join)).rejects.toThrow('not manually attachable')
    })

    test('Prometheus of the stack reads each copy of the service, and has its alerts', async () => {
      const query = (what: string) => {
        const [line = ''] = pastedBlocks(PAGE, 'Prometheus, alerts and Grafana', 'sh')
        return paste(line.replace(' ALERTS', ` '${what}'`)).catch(String)
      }
      await expect
        .poll(() => query('count(swarmspawner_engine_up == 1)'), {
          timeout: 60_000,
          interval: 2000,
        })
        .toContain('=> 2 ')
      expect(await query('ALERTS')).not.toContain('error')
    }, 90_000)
  })
}
