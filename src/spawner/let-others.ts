import { sleep } from './sleep.ts'

/** Work on fewer characters or values takes a few milliseconds at most. */
const LARGE = 65_536
const MANY = 500

/** Between two steps of work on a text of so many characters: lets other calls have their turn where it is a long one. */
export const letOthers = async (length: number): Promise<void> => {
  if (length > LARGE) await sleep(0)
}

/** Between two steps of work on the settings of a server: the same, by the number of their variables and labels. */
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
