import { describeMachine } from '../describe-machine.ts'
import type { Row } from '../row.ts'
import { renderTable } from '../table.ts'
import type { Contender } from './contender.ts'
import type { AllMeasures } from './judge.ts'
import { sideBySide } from './side-by-side.ts'
import type { Field, SpawnerName } from './spawners.ts'

/** What ran, for readers of the numbers. */
export type Setting = {
  /** In the order of the columns. */
  spawners: readonly SpawnerName[]
  versions: Field['versions']
  hub: string
  engine: string
}

/** The version that a hub reports. All hubs of the bench have the same image. */
export const hubVersion = async ([contender]: readonly Contender[]): Promise<string> => {
  if (!contender) throw new Error('no hub was started')
  const { version } = await contender.client.info()
  return version
}

/** The report of a run, in Markdown that is read as plain text too. */
export const hubReport = (all: AllMeasures, rows: readonly Row[], setting: Setting): string =>
  [describe(setting), sideBySide(all, setting.spawners), renderTable(rows)].join('\n\n')

const describe = ({ spawners, versions, hub, engine }: Setting): string => {
  const peers = spawners.flatMap((name) => (name === 'swarmspawner' ? [] : [versions[name]]))
  const date = new Date().toISOString().slice(0, 10)
  return `JupyterHub ${hub}, Docker Engine ${engine}, ${peers.join(', ')}; ${describeMachine()}; ${date}.`
}
