import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { callEngine, type EngineAnswer } from '../../lab/engine/call-engine.ts'

/** What happens to an answer. */
export type Fault =
  | { delayMs: number }
  /** This many bytes of its body are sent, then the connection breaks. */
  | { cutAfterBytes: number }
  /** The Engine does what it was asked, and the connection breaks before its answer. */
  | 'lost'
  /** The Engine does not get the request, and the connection stays open. */
  | 'silence'
  /** The answer is not HTTP. */
  | 'garbage'

/** A socket in front of an Engine's own, where answers go wrong on demand. */
export interface FaultProxy {
  dockerHost: string
  /** The requests that came, such as `POST /v1.51/services/create`. */
  seen: string[]
  /** Makes the next `times` requests meet a fault. */
  break(which: RegExp, fault: Fault, times?: number): void
  /** Ends all faults. */
  heal(): void
  close(): void
}

/** Opens a proxy that lets everything through. */
export async function openFaultProxy(engineSocket: string): Promise<FaultProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-proxy-'))
  const socketPath = join(directory, 'docker.sock')
  const sockets = new Set<Socket>()
  const seen: string[] = []
  let faults: { which: RegExp; fault: Fault; times: number }[] = []

  const meet = (line: string): Fault | undefined => {
    const met = faults.find(({ which, times }) => times > 0 && which.test(line))
    if (met) met.times--
    return met?.fault
  }
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '' } = request
    const line = `${method} ${path}`
    seen.push(line)
    const fault = meet(line)
    const body = await buffer(request)
    if (fault === 'silence') return
    if (fault === 'garbage') return void request.socket.end('it is not HTTP\r\n\r\n')
    const headers = { ...flat(request.headers), connection: 'close' }
    const call = { method, path, headers, ...(body.length > 0 && { body }) }
    const answer = await callEngine(engineSocket, call).catch(() => undefined)
    if (!answer || fault === 'lost') return void request.socket.destroy()
    await reply(response, answer, fault)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    dockerHost: `unix://${socketPath}`,
    seen,
    break: (which, fault, times = Number.POSITIVE_INFINITY) => {
      faults.push({ which, fault, times })
    },
    heal: () => {
      faults = []
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function reply(
  response: ServerResponse,
  { status, headers, body }: EngineAnswer,
  fault: Exclude<Fault, string> | undefined,
): Promise<void> {
  if (fault && 'delayMs' in fault) await sleep(fault.delayMs)
  const { connection, 'transfer-encoding': _, ...others } = headers
  response.writeHead(status, { ...others, 'content-length': body.length })
  if (!fault || !('cutAfterBytes' in fault)) return void response.end(body)
  response.write(body.subarray(0, fault.cutAfterBytes))
  response.socket?.destroySoon()
}

/** A header's values in one text. */
const flat = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
