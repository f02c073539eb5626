import { MAX_MESSAGE_LENGTH, printable } from '../src/spawner/errors.ts'
import { type ServerEvent, tellsEnd } from '../src/spawner/state/events.ts'
import { plainLine } from './print.ts'
import { fitRows } from './terminal-rows.ts'

const WIDTH = 24

type Progress = { show: (event: ServerEvent) => void; end: () => void }
type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & { columns?: number; rows?: number }

/** Shows progress as a bar on a terminal, and otherwise one line for each event. */
export const createProgress = (output: Output): Progress => {
  const seen = new Set<string>()
  const bar = createBar(output)
  return {
    show: (event) => {
      if (seen.has(event.seq)) return
      seen.add(event.seq)
      if (output.isTTY) bar.draw(event)
      else output.write(plainLine(`${label(event)} ${event.message}`))
    },
    end: bar.leave,
  }
}

/** A bar that is drawn over its last state, also where that took several rows. */
const createBar = (output: Output) => {
  let [rows, reached] = [0, 0]
  return {
    draw: (event: ServerEvent): void => {
      // A task that has ended does not fill the bar: it stays where the start got to.
      if (!tellsEnd(event)) reached = event.progress
      const text = `${blocks(reached)} ${label(event)} ${printable(event.message, MAX_MESSAGE_LENGTH)}`
      const shown = fitRows(text, output)
      const up = rows > 1 ? `\x1b[${rows - 1}A` : ''
      output.write(`\r${up}\x1b[J${shown.text}`)
      rows = shown.rows
    },
    leave: (): void => {
      if (rows > 0) output.write('\n')
      rows = 0
    },
  }
}

/** The percentage, or a word for a task that has ended. */
const label = (event: ServerEvent): string => {
  if (!tellsEnd(event)) return `${String(event.progress).padStart(3)} %`
  return /:(failed|rejected):/.test(event.seq) ? 'failed' : 'ended'
}

const blocks = (progress: number): string => {
  const full = Math.round((progress / 100) * WIDTH)
  return `[${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}]`
}
