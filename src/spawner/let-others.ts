import { sleep } from './sleep.ts'

/** Work on fewer characters or values takes at most a few milliseconds. */
const LARGE = 65_536
const MANY = 500

/**
 * Call this between two steps of work on a text of `length` characters. If the text is long, other calls get a
 * turn first.
 */
export const letOthers = async (length: number): Promise<void> => {
  if (length > LARGE) await sleep(0)
}

/**
 * Call this between two steps of work on the settings of a server. If there are many variables and labels,
 * other calls get a turn first.
 */
export const letOthersWork = async ({ Labels, TaskTemplate }: Sized): Promise<void> => {
  const { Env = [], Labels: own = {} } = TaskTemplate.ContainerSpec
  const count = Env.length + Object.keys(own).length + Object.keys(Labels ?? {}).length
  if (count > MANY) await sleep(0)
}

type Dict = Readonly<Record<string, string>>
type Sized = {
  Labels?: Dict | undefined
  TaskTemplate: {
    ContainerSpec: { Env?: readonly string[] | undefined; Labels?: Dict | undefined }
  }
}
