import type { EngineVersion } from './engine-lab.ts'

/** A JupyterHub that the tests run. `npm run pins` writes its files with versions and hashes. */
export type HubVersion = {
  /** The name in tests and options. */
  series: string
  /** The version from PyPI for hub/tests, which run on all of these. */
  jupyterhub: string
  /** Other packages that hub/tests need on today's Python, or that people install as well. */
  also: readonly string[]
  /**
   * What it is made from in images: Debian's packages of a release, or wheels from PyPI on bookworm's Python.
   */
  image?: { debian: 'bookworm' | 'trixie'; notebook: string } | { jupyterlab: string }
  /**
   * What test/hub/real-*-<series>.test.ts do with that image, and on which Engine: everything, or only replace
   * hub and proxy.
   */
  real?: { suites: 'all' | 'restarts'; engine: EngineVersion }
}

/**
 * The only list of hubs: for hub/tests, for the real suites and for the README's table. The newest comes last.
 */
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
    // JupyterHub's public images have pycurl, and its libcurl keeps names for a minute.
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

/** The hubs that real suites run, in part or completely. */
export type RealHub = Extract<(typeof hubVersions)[number], { real: unknown }>

/** The Engine that a hub's real suites run on. */
export const engineOf = (series: RealHub['series']): EngineVersion => {
  const hub = hubVersions.find((hub): hub is RealHub => hub.series === series)
  if (!hub) throw new Error(`JupyterHub ${series} is not in hub-versions.ts`)
  return hub.real.engine
}
