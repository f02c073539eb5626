/** A JupyterHub that the gate runs; `npm run pins` writes its files with versions and hashes. */
export type HubVersion = {
  /** As tests and options call it. */
  series: string
  /** From PyPI, for hub/tests; what else it needs to run on today's Python is in `also`. */
  jupyterhub: string
  also: readonly string[]
  /** What the real suites run: Debian's packages of a release, or wheels with a JupyterLab. None: hub/tests only. */
  image?: { debian: 'bookworm' | 'trixie' } | { jupyterlab: string }
}

/** The one list of hubs: of hub/tests, of the real suites and of the README's table; the newest comes last. */
export const hubVersions = [
  {
    series: '3.0',
    jupyterhub: '3.0.0',
    // SQLAlchemy 2 has no Query.get and no Engine.execute.
    also: ['sqlalchemy<2'],
    image: { debian: 'bookworm' },
  },
  { series: '4.1', jupyterhub: '4.1.6', also: [] },
  { series: '5.2', jupyterhub: '5.2.1', also: [], image: { debian: 'trixie' } },
  {
    series: '5.5',
    jupyterhub: '5.5.1',
    // JupyterHub's public images bring it, and its libcurl keeps names for a minute.
    also: ['pycurl'],
    image: { jupyterlab: '4.6.6' },
  },
  { series: '6.1', jupyterhub: '6.1.1', also: [], image: { jupyterlab: '4.6.6' } },
] as const satisfies readonly HubVersion[]
