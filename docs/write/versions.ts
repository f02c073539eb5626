import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENGINE_VERSIONS } from '../../fixtures/fixture.ts'
import { REAL_ENGINES } from '../../lab/engine/engine-lab.ts'
import { type HubVersion, hubVersions } from '../../lab/engine/hub-versions.ts'
import { table } from './markdown.ts'

const BEGIN = '<!-- What the gate runs; npm run docs writes it. -->'
const END = '<!-- Until here. -->'

/** README.md, with the tables of the versions that the tests run. */
export const readmePage = (root: string): string => {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const [before, rest] = text.split(BEGIN)
  const [, after] = rest?.split(END) ?? []
  if (before === undefined || after === undefined)
    throw new Error(`README.md needs the lines "${BEGIN}" and "${END}", with the tables between`)
  return [
    before,
    BEGIN,
    '\n',
    hubsTable(hubVersions),
    '\n\n',
    enginesTable(),
    '\n',
    END,
    after,
  ].join('')
}

/** A row for each JupyterHub: which tests run with it. */
export const hubsTable = (hubs: readonly HubVersion[]): string => {
  const newestFirst = [...hubs].reverse()
  return table(
    ['JupyterHub', "tests of the hub's class, on Python 3.11", 'in a real Swarm, and in a browser'],
    newestFirst.map((hub) => [nameOf(hub), 'all', inSwarm(hub)]),
  )
}

const nameOf = ({ jupyterhub, also }: HubVersion): string =>
  also.includes('pycurl') ? `${jupyterhub} with pycurl` : jupyterhub

const inSwarm = ({ real, image }: HubVersion): string => {
  if (!image || !real) return 'not run'
  const what = real.suites === 'all' ? '' : `only ${real.suites}, `
  return 'debian' in image
    ? `${what}with ${image.notebook} and Python ${PYTHON[image.debian]} of Debian ${image.debian}, on Engine ${real.engine}`
    : `${what}with JupyterLab ${image.jupyterlab} and Python ${PYTHON.bookworm}, on Engine ${real.engine}`
}

const PYTHON = { bookworm: '3.11', trixie: '3.13' }

const enginesTable = (): string =>
  table(
    ['Docker Engine', 'how'],
    [...ENGINE_VERSIONS].reverse().map((version) => [version, howRun(version)]),
  )

const howRun = (version: string): string =>
  REAL_ENGINES.some((real) => real === version)
    ? 'real Engines, and answers recorded from them'
    : 'answers recorded from a real Engine, and the embedded engine, which answers as this version does'
