import type { EngineVersion } from './engine-lab.ts'

/** A JupyterHub that the gate runs; `npm run pins` writes its files with versions and hashes. */
export type HubVersion = {
  /** As tests and options call it. */
  series: string
  /** From PyPI, for hub/tests, which all of these run. */
  jupyterhub: string
  /** What else hub/tests need on today's Python, or what people have beside it. */
  also: readonly string[]
  /** What it is in images: Debian's packages of a release, or wheels of PyPI on bookworm's Python. */
  image?: { debian: 'bookworm' | 'trixie'; notebook: string } | { jupyterlab: string }
  /** What test/hub/real-*-<series>.test.ts do with that image, on which Engine: everything, or replace hub and proxy. */
  real?: { suites: 'all' | 'restarts'; engine: EngineVersion }
}

/** The one list of hubs: of hub/tests, of the real suites and of the README's table; the newest comes last. */
export const hubVersions = [
  {
    series: '3.0',
    jupyterhub: '3.0.0',
    // SQLAlchemy 2 has no Query.get and no Engine.execute.
    also: ['sqlalchemy<2'],
    image: { debian: 'bookworm', notebook: 'Notebook 6.4' },
    real: { suites: 'all', engine: '20.10' },
  },
  { series: '4.1', jupyterhub: '4.1.6', also: [] },
  {
    series: '5.2',
    jupyterhub: '5.2.1',
    also: [],
    image: { debian: 'trixie', notebook: 'JupyterLab 4.0' },
    real: { suites: 'all', engine: '28.5' },
  },
  {
    series: '5.5',
    jupyterhub: '5.5.1',
    // JupyterHub's public images bring it, and its libcurl keeps names for a minute.
    also: ['pycurl'],
    image: { jupyterlab: '4.6.6' },
    real: { suites: 'restarts', engine: '28.5' },
  },
  {
    series: '6.1',
    jupyterhub: '6.1.1',
    also: [],
    image: { jupyterlab: '4.6.6' },
    real: { suites: 'all', engine: '28.5' },
  },
] as const satisfies readonly HubVersion[]

/** Those that real suites run, in part or whole. */
export type RealHub = Extract<(typeof hubVersions)[number], { real: unknown }>

/** The Engine that a hub's real suites run on. */
export const engineOf = (series: RealHub['series']): EngineVersion => {
  const hub = hubVersions.find((hub): hub is RealHub => hub.series === series)
  if (!hub) throw new Error(`JupyterHub ${series} is not in hub-versions.ts`)
  return hub.real.engine
}
