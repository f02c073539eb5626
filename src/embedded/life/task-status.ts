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

/** A task's `Status` without its time. The container's id and PID are filled in when it is sent. */
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

/**
 * The status of a recorded task in this state. A recorded list has no order, and may include the task's
 * successor.
 */
const statusOf = (state: string, { response }: RecordedTasks): TaskStatus => {
  const task = response.json.find(({ Status }) => Status.State === state)
  if (!task) throw new Error(`The fixture holds no task that is ${state}`)
  const { Timestamp: _, ...status } = task.Status
  return status
}

/** Task statuses, as an Engine reported them. */
export const RECORDED = {
  new: statusOf('new', created),
  pending: statusOf('pending', pending),
  assigned: statusOf('assigned', assigned),
  preparing: statusOf('preparing', preparing),
  // `ready` could not be recorded: a replacement waits in it for its delay or its predecessor, and passes it
  // too fast.
  ready: { ...statusOf('preparing', preparing), State: 'ready', Message: 'prepared' },
  starting: statusOf('starting', starting),
  running: statusOf('running', running),
  complete: statusOf('complete', complete),
  failed: statusOf('failed', failed),
  unhealthy: statusOf('failed', unhealthy),
  rejected: statusOf('rejected', rejected),
  shutdown: statusOf('shutdown', shutdown),
} satisfies Record<string, TaskStatus>

/** The recorded failure of a container, with this exit code. */
export const failedWith = (exitCode: number): TaskStatus => ({
  ...RECORDED.failed,
  Err: `task: non-zero exit (${exitCode})`,
  ContainerStatus: { ContainerID: '', PID: 0, ExitCode: exitCode },
})

/** The recorded refusal of a node to start a container, with this reason. */
export const rejectedWith = (err: string): TaskStatus => ({ ...RECORDED.rejected, Err: err })

/** The recorded preparation of a task, with a failure that may pass. */
export const preparingWith = (err: string): TaskStatus => ({ ...RECORDED.preparing, Err: err })

/** The recorded wait for a node, with the reason why no node fits. */
export const pendingWith = (err: string): TaskStatus => ({ ...RECORDED.pending, Err: err })
