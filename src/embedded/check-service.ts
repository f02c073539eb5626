import badImage from '../../fixtures/28.5/service-create.bad-image.400.json' with { type: 'json' }
import badName from '../../fixtures/28.5/service-create.bad-name.400.json' with { type: 'json' }
import badTemplate from '../../fixtures/28.5/service-create.bad-template.400.json' with {
  type: 'json',
}
import cpu from '../../fixtures/28.5/service-create.cpu-too-small.400.json' with { type: 'json' }
import duplicate from '../../fixtures/28.5/service-create.duplicate-mount.400.json' with {
  type: 'json',
}
import memory from '../../fixtures/28.5/service-create.memory-too-small.400.json' with {
  type: 'json',
}
import tooLong from '../../fixtures/28.5/service-create.name-too-long.400.json' with {
  type: 'json',
}
import noImage from '../../fixtures/28.5/service-create.no-image.400.json' with { type: 'json' }
import { readConstraints } from './placement.ts'
import { refusal, unrecordedRefusal } from './wire/refusal.ts'
import type { ServiceBody, TaskTemplate } from './wire/service-body.ts'

const NAME = /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/i
const IMAGE =
  /^([a-zA-Z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/
const MIN_NANO_CPUS = 1e6
const MIN_MEMORY_BYTES = 4 * 1024 * 1024

/** Throws the Engine's refusal for a spec that the Engine would not store. A missing name is allowed. */
export const checkService = ({ Name, TaskTemplate, Mode }: ServiceBody): void => {
  if (Mode?.ReplicatedJob != null)
    throw unrecordedRefusal(501, 'The embedded engine runs no replicated jobs')
  if ([Mode?.Replicated, Mode?.Global, Mode?.GlobalJob].filter(Boolean).length > 1)
    throw unrecordedRefusal(400, 'must specify only one service mode')
  if (Name && Name.length > 63) throw refusal(tooLong)
  if (Name && !NAME.test(Name)) throw refusal(badName)
  checkResources(TaskTemplate?.Resources?.Limits)
  checkResources(TaskTemplate?.Resources?.Reservations)
  checkSwap(TaskTemplate?.Resources)
  checkRestart(TaskTemplate?.RestartPolicy?.Condition)
  if (TaskTemplate) readConstraints(TaskTemplate)
  checkContainer(TaskTemplate?.ContainerSpec)
}

type Amounts = { NanoCPUs?: number | null | undefined; MemoryBytes?: number | null | undefined }

const checkResources = (amounts: Amounts | null | undefined): void => {
  const { NanoCPUs, MemoryBytes } = amounts ?? {}
  if (NanoCPUs && NanoCPUs < MIN_NANO_CPUS) throw refusal(cpu, { '1e-06': goFloat(NanoCPUs / 1e9) })
  if (MemoryBytes && MemoryBytes < MIN_MEMORY_BYTES)
    throw refusal(memory, { '1024': String(MemoryBytes) })
}

const checkSwap = (resources: TaskTemplate['Resources']): void => {
  if (resources?.SwapBytes != null && !resources.Limits?.MemoryBytes)
    throw unrecordedRefusal(400, 'memory swap provided, but no memory-limit was set')
}

/** Writes a number as Go does: with an exponent already below 1e-4, and with two digits in it. */
const goFloat = (value: number): string =>
  value < 1e-4 ? value.toExponential().replace(/e-(\d)$/, 'e-0$1') : String(value)

const checkRestart = (condition: string | null | undefined): void => {
  if (condition && !['none', 'on-failure', 'any'].includes(condition))
    throw unrecordedRefusal(400, `invalid RestartCondition: "${condition}"`)
}

const checkContainer = (container: TaskTemplate['ContainerSpec']): void => {
  if (!container?.Image) throw refusal(noImage)
  if (!IMAGE.test(container.Image))
    throw refusal(badImage, {
      [badImage.request.body.TaskTemplate.ContainerSpec.Image]: container.Image,
    })
  const targets = (container.Mounts ?? []).map(({ Target }) => Target ?? '')
  const twice = targets.find((target, index) => targets.indexOf(target) < index)
  if (twice !== undefined) throw refusal(duplicate, { '/data': twice })
  for (const variable of container.Env ?? []) checkTemplate(variable)
}

/**
 * Refuses a template in a variable that Go cannot expand. A word in braces is a function, and Go knows only
 * these.
 */
const checkTemplate = (variable: string): void => {
  const [, word] = /\{\{-?\s*([a-z]\w*)/i.exec(variable) ?? []
  const known = ['env', 'if', 'else', 'end', 'range', 'with', 'print', 'printf', 'println', 'join']
  if (word !== undefined && !known.includes(word))
    throw refusal(badTemplate, { 'GREETING={{ name }}': variable, '"name"': `"${word}"` })
}
