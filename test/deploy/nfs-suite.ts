import { describe, expect, test } from 'vitest'
import { containersOf, serviceLog } from '../../lab/hub/hub-containers.ts'
import { publicImages } from '../../lab/hub/public-images.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { VOLUME_WORDS } from '../../src/spawner/state/volume-words.ts'
import { pastedBlocks } from '../support/pasted-blocks.ts'
import { STACK } from './deploy-stack.ts'
import type { IpvsWorld } from './ipvs-world.ts'

const RECIPE = ['docs/recipes.md', 'Homes on NFS'] as const
/** A user whose home is on NFS; nfs_config.py says what is wrong with some homes. */
export const atHome = (who: string): { user: string } => ({ user: `quick-home-${who}` })
const ATTACHED = 'A folder or disk that your server needs could not be attached.'

/** The lines of the recipe that are for the hub's configuration. */
export const nfsMounts = (): string => pastedBlocks(...RECIPE, 'python')[0] ?? ''

/** Makes users' directories on the NFS server, which is the machine itself, by the line of the recipe. */
export const makeHomes = ({ docker }: Pick<IpvsWorld, 'docker'>): Promise<string> => {
  const [make = ''] = pastedBlocks(...RECIPE, 'sh')
  const own = ['one', 'two', 'copied'].map((who) =>
    make.replace(' alice ', ` ${atHome(who).user} `),
  )
  const ofRoot = `mkdir -m 700 /homes/${ownerHash(atHome('shut').user)}`
  const [image = ''] = Object.values(publicImages())
  const options = ['--rm', '--network', 'none', '--volume', '/homes:/homes']
  return docker(['run', ...options, image, 'sh', '-ec', [...own, ofRoot].join('\n')])
}

/** Docs/recipes.md, "Homes on NFS". */
export const nfsSuite = (given: () => IpvsWorld): void => {
  const inHome = async (who: string, script: string) => {
    const service = `jupyter-${ownerHash(atHome(who).user)}-1`
    const [container = ''] = await containersOf(given().docker, service)
    return (await given().docker(['exec', container, 'sh', '-ec', script])).split('\n')
  }
  const starts = (who: string) => given().client.start(atHome(who))
  /** Starts the servers that do not run yet. */
  const run = async (who: string) => (await given().client.isReady(atHome(who))) || starts(who)

  describe('homes on NFS, as the recipe has them', () => {
    test('homes on NFS outlive their servers, and belong to their users, who see no other', async () => {
      await Promise.all(['one', 'two'].map(run))
      // It takes 45 s, in which there is enough to do.
      await given().client.request(atHome('away'))
      await inHome('one', 'echo of one >note-one')
      expect(await inHome('two', 'echo of two >note-two; ls -A')).toEqual(['note-two'])
      await given().client.stop(atHome('one'))
      await expect.poll(() => given().client.isReady(atHome('one'))).toBe(false)
      await starts('one')
      const told = await inHome('one', 'pwd; ls -A; cat note-one; stat -c "%u %a" . note-one')
      expect(told).toEqual(['/home/jovyan', 'note-one', 'of one', '1000 700', '1000 644'])
    }, 240_000)

    test('homes on NFS that cannot be used end the start, and user and admin read why', async () => {
      const away = given().client.progress(atHome('away'))
      const fails = (who: string) => starts(who).then(() => 'ready', String)
      for (const told of await Promise.all(['missing', 'shut', 'copied'].map(fails)))
        expect(told).toContain(ATTACHED)
      const messages = (await away).flatMap(({ message }) => message ?? [])
      expect(messages).toContainEqual(expect.stringContaining(VOLUME_WORDS.orCheck))
      const log = await serviceLog(
        given().docker,
        { DOCKER_HOST: given().env['DOCKER_HOST'] ?? '' },
        `${STACK}_swarmspawner`,
      )
      for (const words of [
        'no such file or directory',
        'chdir to cwd (\\"/home/jovyan\\") set in config.json failed: permission denied',
        `/jupyterhub.home-${ownerHash(atHome('copied').user)}/_data: permission denied`,
      ])
        expect(log).toContain(words)
    }, 240_000)
  })
}
