import assigned from '../../../fixtures/28.5/task-list.assigned.200.json' with { type: 'json' }
import complete from '../../../fixtures/28.5/task-list.complete.200.json' with { type: 'json' }
import failed from '../../../fixtures/28.5/task-list.failed.200.json' with { type: 'json' }
import created from '../../../fixtures/28.5/task-list.new.200.json' with { type: 'json' }
import pending from '../../../fixtures/28.5/task-list.pending.200.json' with { type: 'json' }
import preparing from '../../../fixtures/28.5/task-list.preparing.200.json' with { type: 'json' }
import rejected from '../../../fixtures/28.5/task-list.rejected.200.json' with { type: 'json' }
import running from '../../../fixtures/28.5/task-list.running.200.json' with { type: 'json' }
import shutdown from '../../../fixtures/28.5/task-list.shutdown.200.json' with { type: 'json' }
import starting from '../../../fixtures/28.5/task-list.starting.200.json' with { type: 'json' }
import unhealthy from '../../../fixtures/28.5/task-list.unhealthy.200.json' with { type: 'json' }

/** A task's `Status` but for its time; the container's id and PID are filled in when it is answered. */
export type TaskStatus = {
  State: string
  Message: string
  Err?: string
  ContainerStatus?: { ContainerID: string; PID: number; ExitCode: number }
  PortStatus: object
}

type RecordedTasks = {
  response: { json: readonly { Status: TaskStatus & { Timestamp: string } }[] }
}

/** A recorded list is in no order, and may hold a task's successor, too. */
const statusOf = (state: string, { response }: RecordedTasks): TaskStatus => {
  const task = response.json.find(({ Status }) => Status.State === state)
  if (!task) throw new Error(`The fixture holds no task that is ${state}`)
  const { Timestamp: _, ...status } = task.Status
  return status
}

/** The statuses as an Engine reported them. */
export const RECORDED = {
  new: statusOf('new', created),
  pending: statusOf('pending', pending),
  assigned: statusOf('assigned', assigned),
  preparing: statusOf('preparing', preparing),
  // A replacement that waits for its delay or for its predecessor passes too quickly to be recorded.
  ready: { ...statusOf('preparing', preparing), State: 'ready', Message: 'prepared' },
  starting: statusOf('starting', starting),
  running: statusOf('running', running),
  complete: statusOf('complete', complete),
  failed: statusOf('failed', failed),
  unhealthy: statusOf('failed', unhealthy),
  rejected: statusOf('rejected', rejected),
  shutdown: statusOf('shutdown', shutdown),
} satisfies Record<string, TaskStatus>

/** The recorded failure of a container with another exit code. */
export const failedWith = (exitCode: number): TaskStatus => ({
  ...RECORDED.failed,
  Err: `task: non-zero exit (${exitCode})`,
  ContainerStatus: { ContainerID: '', PID: 0, ExitCode: exitCode },
})

/** The recorded refusal of a node to start a container, for another reason. */
export const rejectedWith = (err: string): TaskStatus => ({ ...RECORDED.rejected, Err: err })

/** The recorded preparation, which failed for a reason that may pass. */
export const preparingWith = (err: string): TaskStatus => ({ ...RECORDED.preparing, Err: err })

/** The recorded wait for a node, with the reason why none fits. */
export const pendingWith = (err: string): TaskStatus => ({ ...RECORDED.pending, Err: err })
