import * as v from 'valibot'
import { code, page, table } from './markdown.ts'
import { readClass } from './read-class.ts'

/** OTHER_SPAWNERS of hub/swarmspawner.py, which the hub's refusals are made of as well. */
export const OtherSpawners = v.record(
  v.string(),
  v.object({
    classes: v.array(v.string()),
    instead: v.record(v.string(), v.tuple([v.string(), v.string()])),
    no_effect: v.record(v.string(), v.string()),
    rewritten: v.array(v.string()),
  }),
)
type OtherSpawner = v.InferOutput<typeof OtherSpawners>[string]

const readOtherSpawners = (): v.InferOutput<typeof OtherSpawners> =>
  v.parse(
    v.pipe(v.string(), v.parseJson(), OtherSpawners),
    readClass('read_constant.py', 'OTHER_SPAWNERS'),
  )

/** docs/reference/other-spawners.md; `spawners` as the class has them. */
export const otherSpawnersPage = (spawners = readOtherSpawners()): string =>
  page(
    'Settings of other spawners',
    'A start refuses the settings of another spawner, all at once, and says what takes their place. It refuses them wherever they stand: as `c.DockerSpawner.volumes`, `c.Spawner.volumes`, `c.SwarmSpawner.volumes`, or as `spawner.volumes = …` in a hook or a class. It also refuses every other attribute that a hook sets although nothing reads it. Names that begin with `_` are for your own code. Of settings that mean nothing here, the log only warns. When the hub starts, its log has all of this already, except what only a hook does. [`python3 -m swarmspawner check`](../../hub/README.md#check-a-configuration) says it with file and line, hooks included, before the hub starts.',
    [
      "A setting that has the same name here, such as `mem_limit`, belongs into `c.SwarmSpawner`. If a class that wraps SwarmSpawner is the hub's `spawner_class`, the sections of other spawners are left to it.",
      '`python3 -m swarmspawner migrate` makes a configuration for this class out of that of dockerspawner or jhub-swarmspawner: see [Move from another spawner](../move.md).',
      ...Object.entries(spawners).flatMap(([name, spawner]) => sections(name, spawner)),
    ],
  )

const sections = (name: string, { instead, no_effect, rewritten }: OtherSpawner): string[] => [
  `## ${name}`,
  table(
    ['there', 'here', 'remark', '`migrate`'],
    Object.entries(instead).map(([setting, [places, remark]]) => [
      code(setting),
      places ? places.split(', ').map(code).join(', ') : 'nothing',
      remark,
      rewritten.includes(setting) ? 'writes it anew' : 'makes it a comment',
    ]),
  ),
  'These have no effect, and the log warns of them:',
  table(
    ['there', 'why'],
    Object.entries(no_effect).map(([setting, why]) => [code(setting), why]),
  ),
]
