import badCommand from '../../../fixtures/28.5/task-list.failed-bad-command.200.json' with {
  type: 'json',
}
import noResources from '../../../fixtures/28.5/task-list.pending-insufficient-resources.200.json' with {
  type: 'json',
}
import noNode from '../../../fixtures/28.5/task-list.pending-no-suitable-node.200.json' with {
  type: 'json',
}
import rejectedBind from '../../../fixtures/28.5/task-list.rejected-bind.200.json' with {
  type: 'json',
}
import { PULLS_28_5 } from '../pull-scenarios.ts'
import { type Moment, PREPARING, type Scenario } from '../scenario.ts'
import { failedWith, RECORDED, rejectedWith, type TaskStatus } from './task-status.ts'

export type { Moment, Scenario }

const STARTING: Moment = { ms: 175, status: RECORDED.starting }
const STARTED: readonly Moment[] = [PREPARING, STARTING, { ms: 470, status: RECORDED.running }]

const startsThen = (ms: number, status: TaskStatus): readonly Moment[] => [
  ...STARTED,
  { ms, status },
]
const errOf = (recorded: { response: { json: readonly { Status: { Err: string } }[] } }): string =>
  recorded.response.json[0]?.Status.Err ?? ''

const JUPYTER = [
  '[I ServerApp] This is the embedded engine of SwarmSpawner: no container was started',
  '[I ServerApp] Jupyter Server is running at:',
  '[I ServerApp] http://0.0.0.0:8888/ (nobody listens there)',
]
const TRACEBACK = [
  'Traceback (most recent call last):',
  '  File "/opt/conda/bin/jupyterhub-singleuser", line 6, in <module>',
  "ModuleNotFoundError: No module named 'jupyterhub' (says the embedded engine)",
]
const COMMAND_ERR = errOf(badCommand)

/**
 * The scenarios that a service can choose by the name of its image or by a label, the same on each Engine
 * version.
 */
const COMMON: Readonly<Record<string, Scenario>> = {
  default: { moments: STARTED, log: JUPYTER },
  'slow-pull': {
    moments: [
      PREPARING,
      { ms: 5165, status: RECORDED.starting },
      { ms: 5460, status: RECORDED.running },
    ],
    log: JUPYTER,
  },
  'pull-forever': { moments: [PREPARING] },
  'bind-missing': {
    moments: [
      PREPARING,
      { ms: 271, status: rejectedWith(errOf(rejectedBind).replace(/: \/.*/, ': <source>')) },
    ],
  },
  'no-suitable-node': { unplaced: errOf(noNode), moments: [] },
  'insufficient-resources': { unplaced: errOf(noResources), moments: [] },
  'crash-at-start': { moments: startsThen(675, failedWith(1)), log: TRACEBACK },
  'exit-0': { moments: startsThen(611, RECORDED.complete), log: ['out: finished'] },
  'exit-3': { moments: startsThen(675, failedWith(3)), log: ['exiting with 3'] },
  oom: { moments: startsThen(722, failedWith(137)), log: JUPYTER.slice(0, 2) },
  'bad-command': {
    moments: startsThen(587, { ...failedWith(127), Err: COMMAND_ERR }),
    log: ['[FATAL tini (7)] exec /no/such/program failed: No such file or directory'],
  },
  unhealthy: {
    moments: [PREPARING, STARTING, { ms: 3917, status: RECORDED.unhealthy }],
    log: JUPYTER,
  },
  'dies-later': { moments: startsThen(3470, failedWith(1)), log: [...JUPYTER, ...TRACEBACK] },
  'ignores-sigterm': { moments: STARTED, log: JUPYTER, ignoresTerm: true },
}

/** All scenarios. The failed pulls are those of Engine 28.5. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = { ...COMMON, ...PULLS_28_5 }
