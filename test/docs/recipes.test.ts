import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, onTestFinished, test } from 'vitest'
import { helpOf } from '../../docs/write/cli.ts'
import { readStacks, stackEnvironment } from '../../docs/write/environment.ts'
import { readNodePolicy } from '../../handlers/settings/policy.node.ts'
import { parseYaml } from '../../handlers/settings/yaml.node.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { BUILT_IN_POLICY } from '../../src/spawner/policy/policy.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import { linksIn } from '../support/markdown-links.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

type Block = { recipe: string; language: string; text: string }

/** The lines to paste of docs/recipes.md, with their recipe. */
const recipes = read('docs/recipes.md')
  .split('\n## ')
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('\n')), text }))
const blocks: Block[] = recipes.flatMap(({ name, text }) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    recipe: name,
    language,
    text: block,
  })),
)
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ recipe, text }) =>
    text
      .replace(/<<'PYTHON'.*?^PYTHON$/gms, '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ recipe, line })),
  )

/** The test that does what a recipe says, with real Engines and hubs where it has to: file, and words of its name. */
const RUN_BY: Record<string, readonly [file: string, words: string][]> = {
  'On the hub that I have': [
    ['hub/tests/test_recipes.py', 'every_configuration_is_ready'],
    ['test/hub/real-moving-in.test.ts', 'a hub with its database and its homes moves in'],
  ],
  Profiles: [['test/hub/browser-profiles.ts', 'a user chooses a profile, gets its limits']],
  Limits: [['test/live/real-faults.test.ts', 'uses more memory than its limit is killed']],
  GPUs: [['test/live/real-faults.test.ts', 'the recipe for GPUs, on two nodes of Engine %s']],
  'Homes on NFS': [
    ['hub/tests/test_recipes.py', 'every_configuration_is_ready'],
    ['test/docs/recipes.test.ts', 'the built-in policy allows homes on NFS'],
    ['test/deploy/nfs-suite.ts', 'homes on NFS outlive their servers'],
  ],
  'A private registry': [
    ['test/deploy/stack.test.ts', 'REGISTRY_AUTH'],
    ['test/faults/real-starts.test.ts', 'its registry refuses the credentials'],
  ],
  HTTPS: [['test/deploy/https-suite.ts', 'the stack answers by HTTPS']],
  Culling: [
    ['test/deploy/operate-suite.ts', 'stops a server that did nothing for as long as CULL_AFTER'],
  ],
  'Rotation of the secret': [
    ['test/deploy/operate-suite.ts', 'stack.sh gives hub and service a new secret'],
  ],
  'Who owns this volume': [
    ['test/docs/recipes.test.ts', 'the program of "Who owns this volume"'],
    ['test/deploy/reach-suite.ts', 'the lines of the recipes run in the stack'],
  ],
  'Move from dockerspawner': [
    ['test/hub/real-moving-in.test.ts', 'a hub with its database and its homes moves in'],
    ['test/hub/way-back-suite.ts', 'moves from dockerspawner to SwarmSpawner and back'],
  ],
  'Several hubs': [
    ['test/deploy/operate-suite.ts', 'stack.sh gives a second stack names of its own'],
  ],
  'What to watch': [
    ['test/deploy/real-monitoring.test.ts', 'Prometheus reads the metrics with its own token'],
    ['test/deploy/reach-suite.ts', 'the lines of the recipes run in the stack'],
  ],
  'When it breaks': [
    ['test/deploy/operate-suite.ts', 'stack.sh puts back the database of a backup'],
    ['test/deploy/operate-suite.ts', 'operator.yml gives the service a policy'],
    ['test/deploy/reach-suite.ts', 'the lines of the recipes run in the stack'],
  ],
}

describe('a recipe', () => {
  test('there is one for each thing that people ask, and each has a test that runs it', () => {
    expect(recipes.map(({ name }) => name)).toEqual(Object.keys(RUN_BY))
    for (const [file, words] of Object.values(RUN_BY).flat()) {
      expect([file, existsSync(join(projectRoot, file))]).toEqual([file, true])
      expect([file, words, read(file).includes(words)]).toEqual([file, words, true])
    }
  })

  test.each(recipes)(
    '$name has lines to paste in its first lines, and leads to a page',
    ({ text }) => {
      const [before = ''] = text.split('```')
      // The heading, an empty line, and at most two lines that say where the block belongs.
      expect(before.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(3)
      const [, more = ''] = text.split('\nMore: ')
      expect(linksIn(more)).not.toEqual([])
    },
  )
})

describe('lines to paste', () => {
  test('every block is of a kind that a test reads', () => {
    for (const { recipe, language } of blocks)
      expect([recipe, ['sh', 'python', 'yaml'].includes(language)]).toEqual([recipe, true])
  })

  test('every command is of a kind that a test here knows, and names what the stack has', () => {
    const kinds = [
      /^[A-Z_]+=/,
      /^deploy\/stack\.sh /,
      /^npm start$/,
      /^pip install \.\/hub$/,
      /^python3 -m swarmspawner /,
      /^export SWARMSPAWNER_SECRET="whsec_\$\(openssl rand -base64 32\)"$/,
      /^docker secret create [\w-]+ \S+$/,
      /^docker exec (-it )?\$copy \/usr\/local\/bin\/node \/app\/dist\/cli\.js /,
      /^docker exec -i \$\(docker ps -q -f name=jupyterhub_hub\) python3 - \S+ $/,
      /^docker stack ps --no-trunc jupyterhub$/,
      /^docker service logs --raw --tail 100 jupyterhub_swarmspawner$/,
      /^install -d -m 700 -o 1000 -g 100 \/homes\/\$\(printf %s alice \| md5sum \| cut -c 1-32\)$/,
      /^docker volume ls -q -f name=\$\(printf %s alice \| md5sum \| cut -c 1-32\)$/,
    ]
    for (const { recipe, line } of commands)
      expect([recipe, line, kinds.some((kind) => kind.test(line))]).toEqual([recipe, line, true])
    const stack = read('deploy/stack.yml')
    for (const service of ['hub', 'swarmspawner'])
      expect(stack).toMatch(new RegExp(`^  ${service}:$`, 'm'))
    expect(stack).toContain('/usr/local/bin/node')
    expect(stack).toContain('/app/dist/cli.js')
  })

  test('lines for the policy are a policy', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const policies = blocks.filter(({ language }) => language === 'yaml')
    expect(policies.length).toBeGreaterThanOrEqual(2)
    for (const { text } of policies) {
      const path = join(directory, 'policy.yaml')
      writeFileSync(path, text)
      await expect(readNodePolicy({ SWARMSPAWNER_POLICY: path })).resolves.toBeDefined()
    }
  })

  test('settings of the stack are those that the stack files read', () => {
    const known = new Set([
      ...stackEnvironment(readStacks()).map(({ name }) => name),
      ...(read('deploy/stack.sh').match(/\b(?:STACK_FILES|DEPLOY_OPTIONS)\b/g) ?? []),
    ])
    const settings = commands.flatMap(({ line }) => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])
    expect(settings.length).toBeGreaterThanOrEqual(8)
    for (const name of settings) expect([...known]).toContain(name)
    for (const { line } of commands)
      for (const file of /^STACK_FILES='(.*)'$/.exec(line)?.[1]?.split(' ') ?? [])
        expect([file, existsSync(join(projectRoot, 'deploy', file))]).toEqual([file, true])
  })

  test('commands of deploy/stack.sh and npm are there', () => {
    const [, usage = ''] = /usage: deploy\/stack\.sh ([\w|]+)/.exec(read('deploy/stack.sh')) ?? []
    const asked = commands.flatMap(({ line }) => /^deploy\/stack\.sh (\w+)/.exec(line)?.[1] ?? [])
    expect(asked.length).toBeGreaterThanOrEqual(4)
    for (const command of asked) expect(usage.split('|')).toContain(command)
    for (const { line } of commands.filter(({ line }) => line.startsWith('npm ')))
      expect(['npm start', line]).toEqual([line, line])
    expect(read('package.json')).toContain('"start": ')
  })

  test('commands of swarmspawner are there, with their options', async () => {
    const asked = commands.flatMap(
      ({ line }) => / \/app\/dist\/cli\.js (.+)$/.exec(line)?.[1] ?? [],
    )
    expect(asked.length).toBeGreaterThanOrEqual(5)
    for (const line of asked) {
      const [command = '', ...words] = line.split(' ')
      const help = await helpOf(command)
      expect(help).toContain(`Usage: swarmspawner ${command} `)
      for (const option of words.filter((word) => word.startsWith('--')))
        expect([line, help.includes(` ${option} `)]).toEqual([line, true])
    }
  }, 120_000)

  test('commands of python3 -m swarmspawner are there, with their options', () => {
    const asked = commands.flatMap(
      ({ line }) => /^python3 -m swarmspawner (.+)$/.exec(line)?.[1] ?? [],
    )
    expect(asked.length).toBeGreaterThanOrEqual(4)
    for (const line of asked) {
      const [command = '', ...words] = line.split(' ')
      // `migrate --homes` has a file of its own.
      const files = line.includes('--homes') ? [command, 'homes'] : [command]
      const program = files.map((name) => read(`hub/swarmspawner_tools/${name}.py`)).join('')
      for (const option of words.filter((word) => word.startsWith('--')))
        expect([line, program.includes(`'${option}'`)]).toEqual([line, true])
    }
  })

  test('secrets have the names that the stack files have', () => {
    const names = commands.flatMap(({ line }) => /secret create (\S+) /.exec(line)?.[1] ?? [])
    expect(names.length).toBeGreaterThanOrEqual(3)
    for (const name of names) expect(readStacks()).toContain(name)
  })
})

/** The value that a recipe gives to a setting. Plain literals of Python are flow style in YAML. */
const settingsOf = (recipe: string, setting: string): unknown[] =>
  blocks
    .filter((block) => block.recipe === recipe && block.language === 'python')
    .flatMap(({ text }) =>
      [...text.matchAll(/^c\.SwarmSpawner\.(\w+) = (\[.*?^\]|.*$)/gms)]
        .filter(([, name]) => name === setting)
        .map(([, , value = '']) => parseYaml(value.replaceAll('True', 'true'))),
    )

/** The spec of a server with these settings, and the settings that the built-in policy refuses. */
const planOf = (config: Record<string, unknown>, profile?: unknown) => {
  const request = v.parse(StartRequest, {
    server: { username: 'alice' },
    config: { container_spec: { image: 'demo/notebook' }, ...config },
    ...(profile === undefined ? {} : { profile }),
  })
  const { spec, verdicts } = planSpec('jupyterhub', request, BUILT_IN_POLICY)
  return { spec, refused: verdicts.filter(({ verdict }) => verdict === 'refused') }
}

describe('what the service makes of a recipe', () => {
  const Profiles = v.array(v.object({ override: v.record(v.string(), v.unknown()) }))

  test.each([
    ['Profiles', { Limits: { NanoCPUs: 8e9, MemoryBytes: 32 * 2 ** 30 } }],
    [
      'GPUs',
      {
        Reservations: {
          GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }],
        },
      },
    ],
  ])(
    'the built-in policy allows each profile of %s, and the last has its resources',
    (recipe, resources) => {
      const [list] = settingsOf(recipe, 'profile_list')
      const plans = v
        .parse(Profiles, list)
        .map(({ override }) => planOf({}, { slug: 'chosen', override }))
      expect(plans.flatMap(({ refused }) => refused)).toEqual([])
      expect(plans.at(-1)?.spec.TaskTemplate).toMatchObject({ Resources: resources })
    },
  )

  test('the built-in policy allows homes on NFS, by a volume and by a directory', () => {
    const [byVolume, byDirectory] = settingsOf('Homes on NFS', 'mounts').map((mounts) =>
      planOf({ mounts }),
    )
    expect([byVolume?.refused, byDirectory?.refused]).toEqual([[], []])
    const alice = ownerHash('alice')
    expect(byVolume?.spec.TaskTemplate).toMatchObject({
      ContainerSpec: {
        Mounts: [
          {
            Type: 'volume',
            Source: `jupyterhub.home-${alice}`,
            Target: '/home/jovyan',
            VolumeOptions: {
              NoCopy: true,
              DriverConfig: {
                Name: 'local',
                Options: {
                  type: 'nfs',
                  o: 'addr=10.0.0.1,rw,nfsvers=4',
                  device: `:/homes/${alice}`,
                },
              },
            },
          },
        ],
      },
    })
    expect(byDirectory?.spec.TaskTemplate).toMatchObject({
      ContainerSpec: {
        Mounts: [{ Type: 'bind', Source: `/nfs/homes/${alice}`, Target: '/home/jovyan' }],
      },
    })
  })
})

test('the program of "Who owns this volume" prints the user of a volume, and of no other', () => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const database = join(directory, 'hub.sqlite')
  const make = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute('CREATE TABLE users (id INTEGER, name TEXT)')
database.executemany('INSERT INTO users VALUES (?, ?)', [(1, 'alice'), (2, 'bob')])
database.commit()`
  execFileSync('python3', ['-c', make, database])
  const [{ text = '' } = {}] = blocks.filter(({ recipe }) => recipe === 'Who owns this volume')
  const [, volume = '', program = ''] =
    /python3 - (\S+) <<'PYTHON'\n(.*)^PYTHON$/ms.exec(text) ?? []
  const path = '/srv/jupyterhub/data/jupyterhub.sqlite'
  expect(program).toContain(path)
  expect(read('deploy/hub/jupyterhub_config.py')).toContain(`sqlite:///${path}`)
  const input = program.replace(path, database)
  expect(execFileSync('python3', ['-', volume], { input, encoding: 'utf8' })).toBe('alice\n')
  expect(execFileSync('python3', ['-', 'jupyterhub_data'], { input, encoding: 'utf8' })).toBe('')
})
