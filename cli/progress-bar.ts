import { MAX_MESSAGE_LENGTH, printable } from '../src/spawner/errors.ts'
import type { ServerEvent } from '../src/spawner/state/events.ts'
import { plainLine } from './print.ts'

const WIDTH = 24

type Progress = { show: (event: ServerEvent) => void; end: () => void }

/** Shows progress as a bar on a terminal, and otherwise one line for each event. */
export const createProgress = (output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): Progress => {
  const seen = new Set<string>()
  const show = output.isTTY
    ? ({ progress, message }: ServerEvent) =>
        output.write(`\r\x1b[K${bar(progress)} ${printable(message, MAX_MESSAGE_LENGTH)}`)
    : ({ progress, message }: ServerEvent) =>
        output.write(plainLine(`${String(progress).padStart(3)} % ${message}`))
  return {
    show: (event) => {
      if (seen.has(event.seq)) return
      seen.add(event.seq)
      show(event)
    },
    end: () => {
      if (output.isTTY) output.write('\n')
    },
  }
}

const bar = (progress: number): string => {
  const full = Math.round((progress / 100) * WIDTH)
  return `[${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}] ${String(progress).padStart(3)} %`
}
