import { closeSync, constants, openSync, writeSync } from 'node:fs'

/** Writes a line at once. Throws the system's error if not all of it could be written. */
export type LineWriter = (line: string) => void

/** `O_NONBLOCK`: a named pipe that nobody reads is an error, and does not stop the process. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** Adds lines to the end of a file, which is opened for each line, so that it may be moved away at any time. */
export const fileWriter = (path: string, mode: number): LineWriter => {
  const write = createWriter()
  return (line) => {
    const fd = openSync(path, FLAGS, mode)
    try {
      write(fd, line)
    } finally {
      closeSync(fd)
    }
  }
}

/**
 * Writes lines to the standard output (1) or error (2). Node's own streams stay broken after an error, and end the process if nobody
 * listens; this one is tried again with each line.
 */
export const streamWriter = (fd: 1 | 2): LineWriter => {
  const write = createWriter()
  return (line) => write(fd, line)
}

/**
 * A line of which only a part could be written, on a full disk, is ended before the next one. After a pipe that stayed full, no
 * line waits again until one was written: a reader that hangs costs one second, and not one for each line.
 */
const createWriter = () => {
  let isTorn = false
  let isStuck = false
  return (fd: number, line: string): void => {
    const bytes = Buffer.from(isTorn && line !== '' ? `\n${line}` : line)
    let done = 0
    try {
      while (done < bytes.length)
        done += writeSome(fd, bytes.subarray(done), isStuck ? 1 : MOST_TRIES)
      isTorn &&= line === ''
      isStuck &&= line === ''
    } catch (error) {
      isTorn ||= done > 0
      isStuck = isFull(error)
      throw error
    }
  }
}

/** 1 s, in steps of 5 ms: a pipe that another program has made non-blocking is full for a moment while its reader works. */
const MOST_TRIES = 200
const STEP_MS = 5

const writeSome = (fd: number, bytes: Uint8Array, mostTries: number): number => {
  for (let tries = 1; ; tries += 1)
    try {
      return writeSync(fd, bytes)
    } catch (error) {
      if (!isFull(error) || tries >= mostTries) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STEP_MS)
    }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN'
