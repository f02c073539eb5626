import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { NEWEST_API } from '../../src/docker/api-version.ts'

/** The Engine versions that answers are recorded of; each is a directory of fixtures/. */
export const ENGINE_VERSIONS = ['20.10', '26.1', '28.5', '29.7'] as const
export type EngineVersion = (typeof ENGINE_VERSIONS)[number]

const Headers = v.record(v.pipe(v.string(), v.nonEmpty()), v.string())
const RecordedResponse = v.pipe(
  v.strictObject({
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    headers: Headers,
    json: v.optional(v.unknown()),
    text: v.optional(v.string()),
    base64: v.optional(v.pipe(v.string(), v.base64())),
    lines: v.optional(v.array(v.unknown())),
  }),
  v.check(
    (response) =>
      ['json', 'text', 'base64', 'lines'].filter((form) => form in response).length === 1,
    'The body must have exactly one form',
  ),
)

/** One exchange with a real Engine, as fixtures/README.md describes it. */
export const Fixture = v.strictObject({
  recorded: v.strictObject({
    engine: v.pipe(v.string(), v.nonEmpty()),
    apiVersion: v.pipe(v.string(), v.regex(/^1\.\d+$/)),
    at: v.pipe(v.string(), v.isoTimestamp()),
    command: v.literal('npm run record'),
  }),
  request: v.strictObject({
    method: v.picklist(['GET', 'HEAD', 'POST', 'DELETE']),
    path: v.pipe(v.string(), v.startsWith('/')),
    headers: v.optional(Headers),
    body: v.optional(v.unknown()),
  }),
  response: RecordedResponse,
})
export type Fixture = v.InferOutput<typeof Fixture>

/** The names of a version's fixtures, with status and without `.json`. */
export const fixtureNames = (version: EngineVersion): string[] =>
  readdirSync(directory(version))
    .map((file) => file.replace(/\.json$/, ''))
    .sort()

/** Reads `service-list.200`; the status may be left out where a name has only one. */
export const readFixture = (version: EngineVersion, name: string): Fixture => {
  const names = fixtureNames(version)
  const found = names.filter((one) => one === name || one.replace(/\.\d{3}$/, '') === name)
  const [only] = found
  if (!only || found.length > 1)
    throw new Error(`${found.length} fixtures of Engine ${version} are called ${name}`)
  return v.parse(Fixture, JSON.parse(fixtureText(version, only)))
}

/** The API version that we agree on with an Engine: its newest, or our newest where that is older. */
export const agreedApi = (version: EngineVersion): string => {
  const offered = readFixture(version, 'ping.200').response.headers['api-version'] ?? ''
  const minor = (api: string) => Number(api.split('.')[1])
  return minor(offered) > minor(NEWEST_API) ? NEWEST_API : offered
}

/** The file of a fixture as it stands. */
export const fixtureText = (version: EngineVersion, name: string): string =>
  readFileSync(join(directory(version), `${name}.json`), 'utf8')

/** The bytes of the recorded body. */
export const bodyOf = ({ response }: Fixture): Uint8Array => {
  if (response.base64 !== undefined) return Buffer.from(response.base64, 'base64')
  if (response.lines !== undefined)
    return Buffer.from(response.lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return Buffer.from(response.text ?? `${JSON.stringify(response.json)}\n`)
}

const directory = (version: EngineVersion): string =>
  join(import.meta.dirname, '../../fixtures', version)
