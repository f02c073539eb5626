import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { type EngineVersion, fixtureNames, readFixture } from '../../fixtures/fixture.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { responseOf } from './setup-engine.ts'

/** The Engines whose answers about odd registries are recorded in fixtures/registries. */
export const RECORDED_REGISTRIES = ['20.10', '26.1', '28.5'] as const

const Recording = v.object({
  answers: v.record(v.string(), v.object({ status: v.number(), json: v.unknown() })),
})

/** The recorded answers of an Engine about an image, each with the name of its case. */
export const registryAnswers = (version: EngineVersion): Map<string, () => Response> => {
  const file = join(projectRoot, `fixtures/registries/${version}.json`)
  const text = readFileSync(file, 'utf8')
  const { answers } = v.parse(v.pipe(v.string(), v.parseJson(), Recording), text)
  const names = fixtureNames(version).filter((name) => name.startsWith('distribution-inspect.'))
  return new Map([
    ...names.map(
      (name) =>
        [name.split('.').at(1) ?? '', () => responseOf(readFixture(version, name))] as const,
    ),
    ...Object.entries(answers).map(
      ([name, { status, json }]) => [name, () => Response.json(json, { status })] as const,
    ),
  ])
}
