import type { ServerEvent } from '../src/spawner/events.ts'

const WIDTH = 24

export type Progress = { show: (event: ServerEvent) => void; end: () => void }

/** Shows progress as a bar where there is a terminal, else as a line each. */
export const createProgress = (output: NodeJS.WriteStream): Progress => {
  const seen = new Set<string>()
  const show = output.isTTY
    ? ({ progress, message }: ServerEvent) => output.write(`\r\x1b[K${bar(progress)} ${message}`)
    : ({ progress, message }: ServerEvent) =>
        output.write(`${String(progress).padStart(3)} % ${message}\n`)
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
